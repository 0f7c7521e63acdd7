// Any convolution, forward and vjp, as a matrix product whose right side is gathered from the picture as
// needed (implicit GEMM): y[m, n] = end(Σ_{c,u,v} w[m, c, u, v] · x[c, row(n, u), column(n, v)]) for every
// picture and group.
//
// The vjp is the same sum with other steps. Forward, output row r reads row r·stride + u·dilation − padding;
// backward, input row r was read by row (r + padding − u·dilation) / stride, where that divides. Both are
// (r·step + u·tap + shift) / divisor.
//
// Tiles as in pointwise.wgsl.

struct Params {
    // Format of the weights, see `weight_at`: 0 for f32, 1 for pairs of f16.
    halves: u32,
    // Number of channels of y and of x in a group.
    rows: u32,
    channels: u32,
    groups: u32,
    x_height: u32,
    x_width: u32,
    y_height: u32,
    y_width: u32,
    kernel_height: u32,
    kernel_width: u32,
    step_down: i32,
    step_across: i32,
    tap_down: i32,
    tap_across: i32,
    shift_down: i32,
    shift_across: i32,
    divisor_down: i32,
    divisor_across: i32,
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
// One bias per row, or the outputs for the gate, of y's shape.
@group(0) @binding(3) var<storage, read> beside: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

const TILE = 32u;
const DEPTH = 16u;
const INVOCATIONS = 64u;
// One more than the width of a tile, so that neighbours in a column are in different banks.
const PITCH = 33u;

var<workgroup> w_tile: array<f32, DEPTH * PITCH>;
var<workgroup> x_tile: array<f32, DEPTH * PITCH>;

@compute @workgroup_size(8, 8)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let first_row = group.y * TILE;
    let first_column = group.x * TILE;
    let columns = params.y_height * params.y_width;
    let taps = params.kernel_height * params.kernel_width;
    let depth = params.channels * taps;
    // the groups of all pictures are contiguous in x and in y
    let of_groups = group.z % params.groups;
    let x_part = group.z * params.channels * params.x_height * params.x_width;
    let w_part = of_groups * params.rows * depth;

    // not an array: an indexed array may be placed in memory
    var sums_0 = vec4<f32>();
    var sums_1 = vec4<f32>();
    var sums_2 = vec4<f32>();
    var sums_3 = vec4<f32>();
    for (var start = 0u; start < depth; start += DEPTH) {
        for (var i = lane; i < TILE * DEPTH; i += INVOCATIONS) {
            let row = first_row + i / DEPTH;
            let k = start + i % DEPTH;
            var weight = 0.0;
            if (row < params.rows && k < depth) {
                weight = weight_at(w_part + row * params.w_row + k / taps * params.w_channel + k % taps);
            }
            w_tile[i % DEPTH * PITCH + i / DEPTH] = weight;
        }
        for (var i = lane; i < TILE * DEPTH; i += INVOCATIONS) {
            let column = first_column + i % TILE;
            let k = start + i / TILE;
            var value = 0.0;
            if (column < columns && k < depth) {
                value = gather(x_part, k / taps, k % taps, column);
            }
            x_tile[i / TILE * PITCH + i % TILE] = value;
        }
        workgroupBarrier();
        for (var k = 0u; k < DEPTH; k++) {
            let a = k * PITCH + local.y;
            let b = k * PITCH + local.x;
            let values = vec4(x_tile[b], x_tile[b + 8u], x_tile[b + 16u], x_tile[b + 24u]);
            sums_0 += w_tile[a] * values;
            sums_1 += w_tile[a + 8u] * values;
            sums_2 += w_tile[a + 16u] * values;
            sums_3 += w_tile[a + 24u] * values;
        }
        workgroupBarrier();
    }

    store(sums_0, first_row + local.y, first_column + local.x, group.z);
    store(sums_1, first_row + local.y + 8u, first_column + local.x, group.z);
    store(sums_2, first_row + local.y + 16u, first_column + local.x, group.z);
    store(sums_3, first_row + local.y + 24u, first_column + local.x, group.z);
}

// Four sums of a row, eight columns apart.
fn store(sums: vec4<f32>, row: u32, column: u32, part: u32) {
    if (row >= params.rows) { return; }
    for (var j = 0u; j < 4u; j++) {
        let place = column + 8u * j;
        if (place < params.y_height * params.y_width) {
            let at = (part * params.rows + row) * params.y_height * params.y_width + place;
            y[at] = end(sums[j], part % params.groups * params.rows + row, at);
        }
    }
}

// The value of a channel of x that position `column` of y reads through one tap; 0 outside the picture.
fn gather(x_part: u32, channel: u32, tap: u32, column: u32) -> f32 {
    let u = i32(tap / params.kernel_width);
    let v = i32(tap % params.kernel_width);
    let down = i32(column / params.y_width) * params.step_down + u * params.tap_down + params.shift_down;
    let across = i32(column % params.y_width) * params.step_across + v * params.tap_across + params.shift_across;
    if (down < 0 || across < 0 || down % params.divisor_down != 0 || across % params.divisor_across != 0) { return 0.0; }
    let row = u32(down / params.divisor_down);
    let place = u32(across / params.divisor_across);
    if (row >= params.x_height || place >= params.x_width) { return 0.0; }
    return x[x_part + (channel * params.x_height + row) * params.x_width + place];
}
