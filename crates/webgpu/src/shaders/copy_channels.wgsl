// All channels of a tensor to a place among those of another, for every picture: a part of a concatenation.

struct Params {
    // Of x.
    values: u32,
    // Of a picture of x.
    part: u32,
    // Of a picture of y, and where the part begins there.
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
