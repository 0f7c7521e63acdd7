// A pointwise convolution, forward and vjp: one matrix product, y[m, n] = end(Σ_k w[m, k] · x[k, n]) for
// every picture. Rows m are channels of y, k channels of x, columns n positions. The vjp is the product with
// the transposed weights.
//
// A workgroup computes a tile of 32×32 sums, each invocation 4×4 of them: every value read from workgroup
// memory is used four times, every value from the buffers 32 times.

struct Params {
    // Format of the weights, see `weight_at`: 0 for f32, 1 for pairs of f16.
    halves: u32,
    rows: u32,
    depth: u32,
    columns: u32,
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

// Whether w is laid out [k][m] instead of [m][k].
override transposed: bool = false;

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
    let x_picture = group.z * params.depth * params.columns;

    // not an array: an indexed array may be placed in memory
    var sums_0 = vec4<f32>();
    var sums_1 = vec4<f32>();
    var sums_2 = vec4<f32>();
    var sums_3 = vec4<f32>();
    for (var start = 0u; start < params.depth; start += DEPTH) {
        for (var i = lane; i < TILE * DEPTH; i += INVOCATIONS) {
            // neighbouring invocations read neighbouring weights
            let m = select(i / DEPTH, i % TILE, transposed);
            let k = select(i % DEPTH, i / TILE, transposed);
            let row = first_row + m;
            let channel = start + k;
            var weight = 0.0;
            if (row < params.rows && channel < params.depth) {
                weight = weight_at(select(row * params.depth + channel, channel * params.rows + row, transposed));
            }
            w_tile[k * PITCH + m] = weight;
        }
        for (var i = lane; i < TILE * DEPTH; i += INVOCATIONS) {
            let column = first_column + i % TILE;
            let channel = start + i / TILE;
            var value = 0.0;
            if (column < params.columns && channel < params.depth) {
                value = x[x_picture + channel * params.columns + column];
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
        if (place < params.columns) {
            let at = (part * params.rows + row) * params.columns + place;
            y[at] = end(sums[j], row, at);
        }
    }
}
