// The last step for a convolution's sum, by `params.end`: 0 bias and activation, 1 nothing, 2 the gate of the
// previous layer. `row` is the index of the bias, `at` the index in y.
#include activate
#include gate

fn end(sum: f32, row: u32, at: u32) -> f32 {
    switch params.end {
        case 0u: { return activate(sum + beside[row]); }
        case 2u: { return gated(beside[at], sum); }
        default: { return sum; }
    }
}
