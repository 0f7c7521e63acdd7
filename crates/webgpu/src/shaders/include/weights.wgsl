// The format of weights on the GPU: words of f32, or pairs of f16, times 2^10; see weights.rs.

fn weight_at(at: u32) -> f32 {
    if (params.halves != 0u) { return unpack2x16float(w[at / 2u])[at % 2u] * 0x1p-10f; }
    return bitcast<f32>(w[at]);
}
