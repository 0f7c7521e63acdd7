//! What happens to a sum while it is still in registers.

use candling_core::{Activation, Gate, ReluRule, Result};

use crate::Blocked;
use crate::simd::Vector;

/// The end of a kernel.
#[derive(Clone, Copy)]
pub(crate) enum Finish<'a> {
    /// `y = activation(z + b)`; one bias a channel, zeros beyond the last. The bias comes last, as in PyTorch: sums that do
    /// not carry it round finer.
    Activate { bias: &'a [f32], activation: Activation },
    /// Nothing: the gradient at an output without an activation of its own.
    Store,
    /// What of the gradient passes the ReLU that made `y`, whose values lie as the result's do.
    Gate { y: &'a [f32], activation: Activation, rule: ReluRule },
}

impl Finish<'_> {
    /// Calls `f` with the end that `gate` asks for.
    pub(crate) fn with_gate<R>(
        gate: Option<Gate<'_, Blocked>>,
        f: impl FnOnce(Finish<'_>) -> R,
    ) -> Result<R> {
        match gate {
            Some(Gate { y, activation, rule }) => y.read(|y| f(Finish::Gate { y, activation, rule })),
            None => Ok(f(Finish::Store)),
        }
    }

    /// The finished lanes; the first belongs to `channel`, and to place `at` of the result.
    ///
    /// # Safety
    /// The bias and `y` hold values for all lanes from there on.
    #[inline(always)]
    pub(crate) unsafe fn apply<V: Vector>(&self, sum: V, channel: usize, at: usize) -> V {
        match *self {
            Self::Activate { bias, activation } => {
                // SAFETY: as asked of the caller.
                let z = sum.add(unsafe { V::load(bias.as_ptr().add(channel)) });
                match activation {
                    Activation::None => z,
                    Activation::Relu => z.at_least_0(),
                    Activation::Relu6 => z.at_least_0().at_most_6(),
                }
            }
            Self::Store => sum,
            Self::Gate { y, activation, rule } => {
                // SAFETY: as asked of the caller.
                pass(sum, unsafe { V::load(y.as_ptr().add(at)) }, activation, rule)
            }
        }
    }
}

/// [`Activation::vjp`], lane by lane.
#[inline(always)]
fn pass<V: Vector>(dy: V, y: V, activation: Activation, rule: ReluRule) -> V {
    let zero = V::splat(0.0);
    if activation == Activation::None {
        return dy;
    }
    let positive = if rule == ReluRule::Exact { dy } else { dy.where_greater(dy, zero) };
    if rule == ReluRule::Deconv {
        return positive;
    }
    let open = positive.where_greater(y, zero);
    if activation == Activation::Relu6 { open.where_greater(V::splat(6.0), y) } else { open }
}
