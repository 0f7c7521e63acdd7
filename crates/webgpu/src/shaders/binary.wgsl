// y = f(a, b), where one of them may be broadcast over the positions of y.

struct Params {
    values: u32,
    // Number of values of y for one value of a, and of b.
    of_a: u32,
    of_b: u32,
    // Index of the function in `Binary`.
    function: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let at = (group.y * groups.x + group.x) * 256u + lane;
    if (at >= params.values) { return; }
    y[at] = f(a[at / params.of_a], b[at / params.of_b]);
}

fn f(a: f32, b: f32) -> f32 {
    switch params.function {
        case 1u: { return a * b; }
        default: { return a + b; }
    }
}
