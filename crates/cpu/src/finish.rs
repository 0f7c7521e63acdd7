//! What happens to sums while they are still in registers.

use candling_core::{Activation, Closed, Gate, Result};

use crate::Blocked;
use crate::parallel::SharedSlice;
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
    Gate { y: &'a [f32], closed: Closed },
}

impl Finish<'_> {
    /// Calls `f` with the end that `gate` asks for.
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

    /// Panics where there is not a bias for so many lanes, or not so many values of a gate.
    pub(crate) fn check(&self, lanes: usize, values: usize) {
        match self {
            Self::Activate { bias, .. } => assert!(lanes <= bias.len(), "no bias"),
            Self::Gate { y, .. } => assert!(values <= y.len(), "no gate"),
            Self::Store => {}
        }
    }

    /// Ends sums that belong to lanes from `channel` on, and writes them to `y`: the first at `at`, the others each `step`
    /// further.
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
                // SAFETY: as asked of the caller, here and below.
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
