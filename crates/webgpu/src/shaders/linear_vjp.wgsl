// dx = dy·w for every picture, one invocation per input. The gradient of the logits is zero except for one or
// two classes, so only their rows are read; weights are finite, so a product with zero is zero.

struct Params {
    // Format of the weights, see `weight_at`: 0 for f32, 1 for pairs of f16.
    halves: u32,
    // Number of inputs of all pictures.
    values: u32,
    outputs: u32,
    inputs: u32,
}

#include weights

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let at = (group.y * groups.x + group.x) * 256u + lane;
    if (at >= params.values) { return; }
    let picture = at / params.inputs;
    let input = at % params.inputs;
    var sum = 0.0;
    for (var o = 0u; o < params.outputs; o++) {
        let gradient = dy[picture * params.outputs + o];
        // skips +0 and −0
        if ((bitcast<u32>(gradient) & 0x7fffffffu) != 0u) { sum += gradient * weight_at(o * params.inputs + input); }
    }
    dx[at] = sum;
}
