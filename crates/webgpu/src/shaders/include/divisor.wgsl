// The divisor of the window that starts at (down, across) of the padded picture; elements beyond the padding
// never count.
fn divisor(down: i32, across: i32) -> f32 {
    let height = extent(down, params.kernel_height, i32(params.x_height), params.top, params.bottom);
    let width = extent(across, params.kernel_width, i32(params.x_width), params.left, params.right);
    return f32(height * width);
}

fn extent(start: i32, kernel: i32, size: i32, before: i32, after: i32) -> i32 {
    let end = min(start + kernel, size + before + after);
    if (params.include_padding != 0u) { return end - start; }
    return min(end, size + before) - max(start, before);
}
