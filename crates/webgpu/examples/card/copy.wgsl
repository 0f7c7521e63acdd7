// Copies a buffer that is larger than any cache: measures the memory bandwidth.

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;

// Number of times that the buffer is read and written.
override rounds: u32;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    for (var round = 0u; round < rounds; round++) {
        for (var i = group.x * 256u + lane; i < arrayLength(&x); i += groups.x * 256u) {
            y[i] = x[i];
        }
    }
}
