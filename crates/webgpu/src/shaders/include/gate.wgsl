// The gradient behind an activation of the ReLU family, under `params.rule`: 0 exact, 1 guided, 2 deconv.
#include bits

fn gated(output: f32, dy: f32) -> f32 {
    if (params.activation == 0u) { return dy; }
    let flat = at_most_zero(output) || (params.activation == 2u && at_least_six(output));
    if (params.rule != 2u && flat) { return 0.0; }
    if (params.rule != 0u && at_most_zero(dy)) { return 0.0; }
    return dy;
}
