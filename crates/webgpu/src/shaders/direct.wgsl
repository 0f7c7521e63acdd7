// A convolution with few channels, forward and vjp: y[m, r] = end(Σ_{c,u,v} w[m, c, u, v] · x[c, row(r, u),
// column(r, v)]), one invocation per value. For depthwise convolutions, where c is a single channel, and for
// so few rows that a tile of dense.wgsl would be mostly empty: the gradient of a picture's three channels.
//
// The vjp is the same sum with other steps; see dense.wgsl. The kernel size and the divisors are pipeline
// constants, so that the loops over taps are unrolled, taps that do not divide are skipped, and a division by
// 1 costs nothing.

struct Params {
    // Format of the weights, see `weight_at`: 0 for f32, 1 for pairs of f16.
    halves: u32,
    // Number of values of y.
    values: u32,
    // Number of channels of y and of x in a group.
    rows: u32,
    channels: u32,
    groups: u32,
    x_height: u32,
    x_width: u32,
    y_height: u32,
    y_width: u32,
    step_down: i32,
    step_across: i32,
    tap_down: i32,
    tap_across: i32,
    shift_down: i32,
    shift_across: i32,
    // Distance between weights of neighbouring rows, and of neighbouring channels.
    w_row: u32,
    w_channel: u32,
    // Last step, applied to each sum, see `end`.
    end: u32,
    activation: u32,
    rule: u32,
}

#include end
#include weights

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<u32>;
// One bias per channel of y, or the outputs for the gate, of y's shape.
@group(0) @binding(3) var<storage, read> beside: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

override kernel_height: i32 = 3;
override kernel_width: i32 = 3;
override divisor_down: i32 = 1;
override divisor_across: i32 = 1;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let at = (group.y * groups.x + group.x) * 256u + lane;
    if (at >= params.values) { return; }
    let plane = at / (params.y_height * params.y_width);
    let position = at % (params.y_height * params.y_width);
    // the groups of all pictures are contiguous in x and in y
    let part = plane / params.rows;
    let row_of_w = plane % params.rows;
    let of_groups = part % params.groups;
    let x_area = params.x_height * params.x_width;
    let x_part = part * params.channels * x_area;
    let taps = u32(kernel_height * kernel_width);
    let w_part = of_groups * params.rows * params.channels * taps + row_of_w * params.w_row;
    let first_down = i32(position / params.y_width) * params.step_down + params.shift_down;
    let first_across = i32(position % params.y_width) * params.step_across + params.shift_across;

    var sum = 0.0;
    for (var u = 0; u < kernel_height; u++) {
        let down = first_down + u * params.tap_down;
        let row = u32(down / divisor_down);
        if (down < 0 || down % divisor_down != 0 || row >= params.x_height) { continue; }
        for (var v = 0; v < kernel_width; v++) {
            let across = first_across + v * params.tap_across;
            let column = u32(across / divisor_across);
            if (across < 0 || across % divisor_across != 0 || column >= params.x_width) { continue; }
            var x_at = x_part + row * params.x_width + column;
            var w_at = w_part + u32(u * kernel_width + v);
            for (var c = 0u; c < params.channels; c++) {
                sum += weight_at(w_at) * x[x_at];
                w_at += params.w_channel;
                x_at += x_area;
            }
        }
    }
    y[at] = end(sum, of_groups * params.rows + row_of_w, at);
}
