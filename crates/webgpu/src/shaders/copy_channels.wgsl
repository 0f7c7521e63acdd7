// Copies all channels of x into y from a channel offset, for every picture: a part of a concatenation.

struct Params {
    // Number of values of x.
    values: u32,
    // Number of values of a picture of x.
    part: u32,
    // Number of values of a picture of y, and offset of the part in it.
    y_picture: u32,
    y_start: u32,
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
    let picture = at / params.part;
    let place = at % params.part;
    y[picture * params.y_picture + params.y_start + place] = x[at];
}
