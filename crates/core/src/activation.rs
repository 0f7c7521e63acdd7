//! The ReLU family, and its three backward rules.

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

/// The gradient that a ReLU passes in the backward pass. `y` is its output, `dy` the incoming gradient.
///
/// ReLU6 is flat above 6, so `Exact` and `Guided` also need `y < 6`. At a kink (`y = 0`, `y = 6`) the
/// gradient is 0, as in PyTorch. NaN passes, also as in PyTorch: every comparison with NaN is false.
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

/// Bounds at and beyond which the gradient is 0; a bound of NaN never applies.
#[derive(Debug, Clone, Copy)]
pub struct Closed {
    /// Gradient is 0 where the output is at most this.
    pub y_to: f32,
    /// Gradient is 0 where the output is at least this.
    pub y_from: f32,
    /// Gradient is 0 where it is at most this.
    pub dy_to: f32,
}

impl Closed {
    /// The gradient behind the activation: `dy`, or 0 beyond a bound.
    #[must_use]
    #[inline(always)]
    pub fn pass(self, y: f32, dy: f32) -> f32 {
        if y <= self.y_to || y >= self.y_from || dy <= self.dy_to { 0.0 } else { dy }
    }
}

impl Activation {
    /// All activations.
    const ALL: [Self; 3] = [Self::None, Self::Relu, Self::Relu6];

    /// Name in model files.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Relu => "relu",
            Self::Relu6 => "relu6",
        }
    }

    /// Reads or writes the field `activation` of an op.
    pub(crate) fn field(&mut self, fields: &mut dyn Fields) {
        let mut place = Self::ALL.iter().position(|a| a == self).unwrap_or(0);
        fields.choice("activation", &mut place, &Self::ALL.map(Self::name));
        *self = Self::ALL.get(place).copied().unwrap_or(*self);
    }

    /// Computes the activation. NaN stays NaN, so that a broken network is noticed.
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

    /// The vjp under `rule`, given the output `y` and its gradient `dy`.
    #[must_use]
    #[inline(always)]
    pub fn vjp(self, rule: ReluRule, y: f32, dy: f32) -> f32 {
        self.closed(rule).pass(y, dy)
    }

    /// The bounds beyond which [`vjp`](Self::vjp) is 0. They say what is blocked, not what passes, so that
    /// NaN passes.
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

    /// Smallest and largest value of the function.
    #[must_use]
    pub fn range(self) -> (f32, f32) {
        match self {
            Self::None => (f32::NEG_INFINITY, f32::INFINITY),
            Self::Relu => (0.0, f32::INFINITY),
            Self::Relu6 => (0.0, 6.0),
        }
    }
}
