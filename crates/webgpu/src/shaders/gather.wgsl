// Index maps: each value of y is the sum of the values of x that the map lists for its channel, row and
// column. Forward, that is one value or none; backward, all places that the value was copied to.

struct Params {
    values: u32,
    x_channels: u32,
    x_height: u32,
    x_width: u32,
    y_channels: u32,
    y_height: u32,
    y_width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
// For every channel of y the start of its list of channels of x, and the end of the last one; the same for
// rows and columns; then the lists.
@group(0) @binding(2) var<storage, read> map: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let at = (group.y * groups.x + group.x) * 256u + lane;
    if (at >= params.values) { return; }
    let column = params.y_channels + params.y_height + 2u + at % params.y_width;
    let row = params.y_channels + 1u + at / params.y_width % params.y_height;
    let plane = at / (params.y_width * params.y_height);
    let channel = plane % params.y_channels;
    let picture = plane / params.y_channels * params.x_channels;
    var sum = 0.0;
    for (var c = map[channel]; c < map[channel + 1u]; c++) {
        for (var i = map[row]; i < map[row + 1u]; i++) {
            for (var j = map[column]; j < map[column + 1u]; j++) {
                sum += x[((picture + map[c]) * params.x_height + map[i]) * params.x_width + map[j]];
            }
        }
    }
    y[at] = sum;
}
