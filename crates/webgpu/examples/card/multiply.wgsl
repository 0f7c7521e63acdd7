// Multiply-adds from registers, in eight independent chains: measures the peak of the arithmetic units.

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;

override rounds: u32;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    // values from a buffer, so that the compiler cannot compute anything in advance
    let a = x[lane];
    let b = x[lane + 64u];
    var s0 = a;
    var s1 = a + b;
    var s2 = a - b;
    var s3 = b;
    var s4 = a + 1.0;
    var s5 = b + 1.0;
    var s6 = a - 1.0;
    var s7 = b - 1.0;
    for (var i = 0u; i < rounds; i++) {
        s0 = fma(s0, a, b);
        s1 = fma(s1, a, b);
        s2 = fma(s2, a, b);
        s3 = fma(s3, a, b);
        s4 = fma(s4, a, b);
        s5 = fma(s5, a, b);
        s6 = fma(s6, a, b);
        s7 = fma(s7, a, b);
    }
    // every workgroup writes to the same place: the traffic is negligible, and the sums are used
    y[lane] = s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + f32(group.x);
}
