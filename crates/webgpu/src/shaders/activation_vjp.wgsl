// What of dy passes an activation whose output was y, under one of the three rules.

struct Params {
    values: u32,
    // 0 none, 1 ReLU, 2 ReLU6
    activation: u32,
    // 0 exact, 1 guided, 2 deconv
    rule: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let at = (group.y * groups.x + group.x) * 256u + lane;
    if (at >= params.values) { return; }
    dx[at] = gated(y[at], dy[at]);
}

// Comparisons are of bits: a compiler may take it that no float is NaN, and a NaN must stay one, so that a broken network is seen.

fn at_most_zero(v: f32) -> bool {
    let bits = bitcast<u32>(v);
    return bits == 0u || (bits >= 0x80000000u && bits <= 0xff800000u);
}

fn at_least_six(v: f32) -> bool {
    let bits = bitcast<u32>(v);
    return bits >= 0x40c00000u && bits <= 0x7f800000u;
}

fn gated(output: f32, dy: f32) -> f32 {
    if (params.activation == 0u) { return dy; }
    let flat = at_most_zero(output) || (params.activation == 2u && at_least_six(output));
    if (params.rule != 2u && flat) { return 0.0; }
    if (params.rule != 0u && at_most_zero(dy)) { return 0.0; }
    return dy;
}
