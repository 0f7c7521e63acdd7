// The sum of a channel's values over its positions, times a scale: a mean, and the vjp of a broadcast. One
// workgroup per channel.

struct Params {
    // Number of channels of all pictures.
    sums: u32,
    // Number of positions of a channel.
    area: u32,
    scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

var<workgroup> partial: array<f32, 64>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let channel = group.y * groups.x + group.x;
    var sum = 0.0;
    if (channel < params.sums) {
        for (var i = lane; i < params.area; i += 64u) { sum += x[channel * params.area + i]; }
    }
    partial[lane] = sum;
    // tree reduction, in the same order every time
    for (var half = 32u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if (lane < half) { partial[lane] += partial[lane + half]; }
    }
    if (lane == 0u && channel < params.sums) { y[channel] = params.scale * partial[0]; }
}
