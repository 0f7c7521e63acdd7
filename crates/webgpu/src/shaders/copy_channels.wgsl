// Some neighbouring channels from a tensor into another, for every picture: a part of a concatenation, and its way back.

struct Params {
    // Values that are copied.
    values: u32,
    // ... of a picture.
    part: u32,
    // Values of a picture of x and of y, and where the part begins there.
    x_picture: u32,
    x_start: u32,
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
    y[picture * params.y_picture + params.y_start + place] = x[picture * params.x_picture + params.x_start + place];
}
