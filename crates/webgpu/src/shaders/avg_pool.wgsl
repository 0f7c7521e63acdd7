// The mean of every window.

#include window
#include divisor

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
    let plane = at / (params.y_height * params.y_width);
    let position = at % (params.y_height * params.y_width);
    let x_plane = plane * params.x_height * params.x_width;
    let down = i32(position / params.y_width) * params.stride_down - params.top;
    let across = i32(position % params.y_width) * params.stride_across - params.left;

    var sum = 0.0;
    for (var u = 0; u < params.kernel_height; u++) {
        let row = down + u;
        if (row < 0 || row >= i32(params.x_height)) { continue; }
        for (var v = 0; v < params.kernel_width; v++) {
            let column = across + v;
            if (column < 0 || column >= i32(params.x_width)) { continue; }
            sum += x[x_plane + u32(row) * params.x_width + u32(column)];
        }
    }
    y[at] = sum / divisor(down + params.top, across + params.left);
}
