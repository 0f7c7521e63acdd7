//! The last steps of kernels, applied to sums in registers.

use candling_core::{Activation, Closed, Gate, Result};

use crate::Blocked;
use crate::parallel::SharedSlice;
use crate::simd::Vector;

/// The last step of a kernel.
#[derive(Clone, Copy)]
pub(crate) enum Finish<'a> {
    /// `y = activation(z + b)`; one bias per channel, zeros beyond the last. The bias is added last, as in
    /// PyTorch: smaller sums have smaller rounding errors.
    Activate { bias: &'a [f32], activation: Activation },
    /// Nothing: the gradient of an output without activation.
    Store,
    /// The gradient behind the ReLU with the output `y`, which has the layout of the result.
    Gate { y: &'a [f32], closed: Closed },
}

impl Finish<'_> {
    /// Calls `f` with the last step for `gate`.
    pub(crate) fn with_gate<R>(
        gate: Option<Gate<'_, Blocked>>,
        f: impl FnOnce(Finish<'_>) -> R,
    ) -> Result<R> {
        match gate {
            Some(Gate { y, activation, rule }) => {
                y.read(|y| f(Finish::Gate { y, closed: activation.closed(rule) }))
            }
            None => Ok(f(Finish::Store)),
        }
    }

    /// Panics unless there is a bias for all lanes, or there are as many values of a gate.
    pub(crate) fn check(&self, lanes: usize, values: usize) {
        match self {
            Self::Activate { bias, .. } => assert!(lanes <= bias.len(), "no bias"),
            Self::Gate { y, .. } => assert!(values <= y.len(), "no gate"),
            Self::Store => {}
        }
    }

    /// Applies the step to sums of the lanes from `channel` on, and writes them to `y`: the first at `at`,
    /// the others each `step` further.
    ///
    /// # Safety
    /// `y`, and the bias or the gate, hold values for all lanes there.
    #[inline(always)]
    pub(crate) unsafe fn store<V: Vector, const COUNT: usize>(
        &self,
        sums: [V; COUNT],
        channel: usize,
        y: SharedSlice,
        at: usize,
        step: usize,
    ) {
        let places = (0..).map(|i| at + i * step);
        match *self {
            Self::Activate { bias, activation } => {
                let (low, high) = activation.range();
                let (low, high) = (V::splat(low), V::splat(high));
                // SAFETY: as required of the caller, here and below.
                let bias = unsafe { V::load(bias.as_ptr().add(channel)) };
                for (sum, at) in sums.into_iter().zip(places) {
                    unsafe { sum.add(bias).at_least(low).at_most(high).store(y.at(at)) };
                }
            }
            Self::Store => {
                sums.into_iter().zip(places).for_each(|(sum, at)| unsafe { sum.store(y.at(at)) });
            }
            Self::Gate { y: of_relu, closed: Closed { y_to, y_from, dy_to } } => {
                let (y_to, y_from, dy_to) = (V::splat(y_to), V::splat(y_from), V::splat(dy_to));
                for (dy, at) in sums.into_iter().zip(places) {
                    let of_relu = unsafe { V::load(of_relu.as_ptr().add(at)) };
                    let open = dy.unless_at_most(dy, dy_to).unless_at_most(of_relu, y_to);
                    unsafe { open.unless_at_most(y_from, of_relu).store(y.at(at)) };
                }
            }
        }
    }
}
