// The maximum of every window, and its position in the plane. The first one in row-major order wins a tie;
// NaN is larger than everything.

#include window

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> argmax: array<u32>;

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
    let x_plane = plane * params.x_height * params.x_width;
    let down = i32(position / params.y_width) * params.stride_down - params.top;
    let across = i32(position % params.y_width) * params.stride_across - params.left;

    var found = false;
    var best = 0.0;
    var winner = 0u;
    for (var u = 0; u < params.kernel_height; u++) {
        let row = down + u * params.dilation_down;
        if (row < 0 || row >= i32(params.x_height)) { continue; }
        for (var v = 0; v < params.kernel_width; v++) {
            let column = across + v * params.dilation_across;
            if (column < 0 || column >= i32(params.x_width)) { continue; }
            let place = u32(row) * params.x_width + u32(column);
            let value = x[x_plane + place];
            if (!found || is_nan(value) || (!is_nan(best) && value > best)) {
                found = true;
                best = value;
                winner = place;
            }
        }
    }
    y[at] = best;
    argmax[at] = winner;
}

// Tests the bits: a compiler may assume that no float is NaN.
fn is_nan(v: f32) -> bool {
    return (bitcast<u32>(v) & 0x7fffffffu) > 0x7f800000u;
}
