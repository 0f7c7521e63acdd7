// Comparisons use bits: a compiler may assume that no float is NaN, but NaN must stay NaN, so that a broken
// network is noticed.

fn at_most_zero(v: f32) -> bool {
    let bits = bitcast<u32>(v);
    return bits == 0u || (bits >= 0x80000000u && bits <= 0xff800000u);
}

fn at_least_six(v: f32) -> bool {
    let bits = bitcast<u32>(v);
    return bits >= 0x40c00000u && bits <= 0x7f800000u;
}
