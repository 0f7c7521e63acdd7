// y = activation(x), value by value.

struct Params {
    values: u32,
    // 0 none, 1 ReLU, 2 ReLU6
    activation: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let at = (group.y * groups.x + group.x) * 256u + lane;
    if (at >= params.values) { return; }
    y[at] = activate(x[at]);
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

fn activate(v: f32) -> f32 {
    if (params.activation != 0u && at_most_zero(v)) { return 0.0; }
    if (params.activation == 2u && at_least_six(v)) { return 6.0; }
    return v;
}
