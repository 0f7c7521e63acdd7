//! The ReLU family, and the three rules for walking back through it.

use crate::ops::Fields;

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
/// passes, as in PyTorch; and as there, NaN does: it is no number that a bracket could turn away.
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

/// Bounds at and beyond which nothing of a gradient passes; NaN where there is none.
#[derive(Debug, Clone, Copy)]
pub struct Closed {
    /// Outputs up to here.
    pub y_to: f32,
    /// Outputs from here on.
    pub y_from: f32,
    /// Gradients up to here.
    pub dy_to: f32,
}

impl Closed {
    /// What of `dy` passes where the output was `y`.
    #[must_use]
    #[inline(always)]
    pub fn pass(self, y: f32, dy: f32) -> f32 {
        if y <= self.y_to || y >= self.y_from || dy <= self.dy_to { 0.0 } else { dy }
    }
}

impl Activation {
    /// Every one.
    const ALL: [Self; 3] = [Self::None, Self::Relu, Self::Relu6];

    /// Its name in model files.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Relu => "relu",
            Self::Relu6 => "relu6",
        }
    }

    /// The field `activation` of an op.
    pub(crate) fn field(&mut self, fields: &mut dyn Fields) {
        let mut place = Self::ALL.iter().position(|a| a == self).unwrap_or(0);
        fields.choice("activation", &mut place, &Self::ALL.map(Self::name));
        *self = Self::ALL.get(place).copied().unwrap_or(*self);
    }

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
        self.closed(rule).pass(y, dy)
    }

    /// What [`vjp`](Self::vjp) turns away. It is said so, rather than what it lets through, because a NaN is let through.
    #[must_use]
    pub fn closed(self, rule: ReluRule) -> Closed {
        let never = Closed { y_to: f32::NAN, y_from: f32::NAN, dy_to: f32::NAN };
        let flat = match (self, rule) {
            (Self::None, _) => return never,
            (_, ReluRule::Deconv) => never,
            (Self::Relu, _) => Closed { y_to: 0.0, ..never },
            (Self::Relu6, _) => Closed { y_to: 0.0, y_from: 6.0, ..never },
        };
        if rule == ReluRule::Exact { flat } else { Closed { dy_to: 0.0, ..flat } }
    }

    /// The least and the greatest value of the function.
    #[must_use]
    pub fn range(self) -> (f32, f32) {
        match self {
            Self::None => (f32::NEG_INFINITY, f32::INFINITY),
            Self::Relu => (0.0, f32::INFINITY),
            Self::Relu6 => (0.0, 6.0),
        }
    }
}
