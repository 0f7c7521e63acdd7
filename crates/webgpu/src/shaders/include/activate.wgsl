// The ReLU family, of which `params.activation` is 0 none, 1 ReLU, 2 ReLU6.
#include bits

fn activate(v: f32) -> f32 {
    if (params.activation != 0u && at_most_zero(v)) { return 0.0; }
    if (params.activation == 2u && at_least_six(v)) { return 6.0; }
    return v;
}
