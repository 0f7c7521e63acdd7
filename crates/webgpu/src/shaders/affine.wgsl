// y = scale_c · x + shift_c; the vjp is the same without the shift.

struct Params {
    values: u32,
    channels: u32,
    // Number of positions of a channel.
    area: u32,
    // 1 to add the shift, 0 in the backward pass.
    shifted: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
@group(0) @binding(3) var<storage, read> shift: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let at = (group.y * groups.x + group.x) * 256u + lane;
    if (at >= params.values) { return; }
    let channel = at / params.area % params.channels;
    let scaled = scale[channel] * x[at];
    if (params.shifted == 0u) {
        y[at] = scaled;
    } else {
        y[at] = scaled + shift[channel];
    }
}
