// y = f(x), element-wise; in the backward pass y is the slope of f times dy, and x is the kept input or
// output.

struct Params {
    values: u32,
    // Index of the function in `Unary`.
    function: u32,
    back: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let at = (group.y * groups.x + group.x) * 256u + lane;
    if (at >= params.values) { return; }
    let both = f(x[at]);
    y[at] = select(both.x, both.y * dy[at], params.back != 0u);
}

// The function of v, and its slope if v is the kept tensor.
fn f(v: f32) -> vec2<f32> {
    switch params.function {
        case 1u: { return sigmoid(v) * vec2(v, 1.0 + v * (1.0 - sigmoid(v))); }
        default: { return vec2(sigmoid(v), v * (1.0 - v)); }
    }
}

// The sigmoid, in a form that never overflows.
fn sigmoid(v: f32) -> f32 {
    let e = exp(-abs(v));
    return select(1.0, e, v < 0.0) / (1.0 + e);
}
