//! The ReLU family, and the three rules for walking back through it.

/// An activation function, stand-alone or fused into the op before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Activation {
    /// `y = x`
    #[default]
    None,
    /// `y = max(x, 0)`
    Relu,
    /// `y = min(max(x, 0), 6)`
    Relu6,
}

/// What a ReLU lets through on the way back. `y` is its output, `dy` the gradient that arrives.
///
/// ReLU6 is flat above 6, so `Exact` and `Guided` also need `y < 6`. At a kink (`y = 0`, `y = 6`) nothing
/// passes, as in PyTorch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReluRule {
    /// The gradient: `dx = dy·[y > 0]`.
    #[default]
    Exact,
    /// Guided backpropagation (Springenberg et al. 2014, eq. 6): `dx = max(dy, 0)·[y > 0]`.
    Guided,
    /// The deconvnet (Zeiler & Fergus 2013): `dx = max(dy, 0)`, whatever the forward pass did.
    Deconv,
}

impl Activation {
    /// The function itself. A NaN stays a NaN, so that a broken network is seen rather than painted.
    #[must_use]
    #[inline(always)]
    pub fn apply(self, x: f32) -> f32 {
        match self {
            Self::None => x,
            Self::Relu => {
                if x < 0.0 {
                    0.0
                } else {
                    x
                }
            }
            Self::Relu6 => x.clamp(0.0, 6.0),
        }
    }

    /// The vjp under `rule`: what of `dy` passes where the output was `y`.
    #[must_use]
    #[inline(always)]
    pub fn vjp(self, rule: ReluRule, y: f32, dy: f32) -> f32 {
        let open = match self {
            Self::None => return dy,
            Self::Relu => y > 0.0,
            Self::Relu6 => y > 0.0 && y < 6.0,
        };
        let pass = match rule {
            ReluRule::Exact => open,
            ReluRule::Guided => open && dy > 0.0,
            ReluRule::Deconv => dy > 0.0,
        };
        if pass { dy } else { 0.0 }
    }
}
