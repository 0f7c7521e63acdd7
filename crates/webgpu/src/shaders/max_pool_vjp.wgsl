// dx = Σ dy over the windows whose maximum is the value. Every value visits the windows that contain it, so
// that no two invocations write the same one.

#include window

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> argmax: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let at = (group.y * groups.x + group.x) * 256u + lane;
    if (at >= params.values) { return; }
    let plane = at / (params.x_height * params.x_width);
    let position = at % (params.x_height * params.x_width);
    let y_plane = plane * params.y_height * params.y_width;
    let down = i32(position / params.x_width) + params.top;
    let across = i32(position % params.x_width) + params.left;

    var sum = 0.0;
    for (var u = 0; u < params.kernel_height; u++) {
        let start_down = down - u * params.dilation_down;
        let row = start_down / params.stride_down;
        if (start_down < 0 || start_down % params.stride_down != 0 || row >= i32(params.y_height)) { continue; }
        for (var v = 0; v < params.kernel_width; v++) {
            let start_across = across - v * params.dilation_across;
            let column = start_across / params.stride_across;
            if (start_across < 0 || start_across % params.stride_across != 0 || column >= i32(params.y_width)) { continue; }
            let window = y_plane + u32(row) * params.y_width + u32(column);
            if (argmax[window] == position) { sum += dy[window]; }
        }
    }
    dx[at] = sum;
}
