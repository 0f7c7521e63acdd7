// The geometry of a pooling, forward and vjp.

struct Params {
    // Number of values of the result.
    values: u32,
    x_height: u32,
    x_width: u32,
    y_height: u32,
    y_width: u32,
    kernel_height: i32,
    kernel_width: i32,
    stride_down: i32,
    stride_across: i32,
    dilation_down: i32,
    dilation_across: i32,
    top: i32,
    left: i32,
    bottom: i32,
    right: i32,
    // Whether padding counts in the divisor of a mean.
    include_padding: u32,
}
