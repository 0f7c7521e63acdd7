// y = f(x), value by value; back, y is the slope of f times dy, and x what was kept: the input or the output.

struct Params {
    values: u32,
    // Its place in `Unary`.
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

// The function, and its slope where `v` is what it keeps.
fn f(v: f32) -> vec2<f32> {
    switch params.function {
        case 1u: { return sigmoid(v) * vec2(v, 1.0 + v * (1.0 - sigmoid(v))); }
        default: { return vec2(sigmoid(v), v * (1.0 - v)); }
    }
}

// In the form that overflows nowhere.
fn sigmoid(v: f32) -> f32 {
    let e = exp(-abs(v));
    return select(1.0, e, v < 0.0) / (1.0 + e);
}
