// y = x·wᵀ + b for every picture. One workgroup per output, whose 64 invocations share the sum and read
// neighbouring weights.

struct Params {
    // Format of the weights, see `weight_at`: 0 for f32, 1 for pairs of f16.
    halves: u32,
    // Number of outputs of all pictures, and of one.
    sums: u32,
    outputs: u32,
    inputs: u32,
}

#include weights

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<u32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

var<workgroup> partial: array<f32, 64>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let at = group.y * groups.x + group.x;
    let picture = at / params.outputs;
    let output = at % params.outputs;
    var sum = 0.0;
    if (at < params.sums) {
        for (var i = lane; i < params.inputs; i += 64u) {
            sum += weight_at(output * params.inputs + i) * x[picture * params.inputs + i];
        }
    }
    partial[lane] = sum;
    // tree reduction, in the same order every time
    for (var half = 32u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if (lane < half) { partial[lane] += partial[lane + half]; }
    }
    if (lane == 0u && at < params.sums) { y[at] = partial[0] + bias[output]; }
}
