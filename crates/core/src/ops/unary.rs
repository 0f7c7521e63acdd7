//! Smooth element-wise functions: `y = f(x)`; the vjp is `dx = f'·dy`. Kept: `x` or `y`, whichever gives
//! `f'`.
//!
//! A function is a row of the table below, a line of `unary.wgsl` and one of the reference. The ReLU family
//! is a separate op, since backward passes may treat it by a [rule](crate::ReluRule).

use super::{Back, Forward, Keeps, Kept, Operation, Window, no_fields, no_parameters, one};
use crate::{Backend, Result, Shape};

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident = $text:literal: $f:expr, $kept:ident => $slope:expr;)*) => {
        /// A smooth element-wise function.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Unary {
            $($(#[$doc])* $name),*
        }

        impl Unary {
            /// All functions.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            const fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// The function `f`.
            #[must_use]
            pub fn function(self) -> fn(f32) -> f32 {
                match self { $(Self::$name => $f),* }
            }

            /// Its slope `f'`, from `x` or from `y` as [`keeps_input`](Self::keeps_input) says.
            #[must_use]
            pub fn slope(self) -> fn(f32) -> f32 {
                match self { $(Self::$name => |$kept| $slope),* }
            }

            /// Whether the slope is computed from the input; if not, from the output.
            #[must_use]
            pub const fn keeps_input(self) -> bool {
                match self { $(Self::$name => is_input(stringify!($kept))),* }
            }
        }
    };
}

// in the last column `x` is the input, `y` the output
functions! {
    /// `σ(x) = 1 / (1 + e⁻ˣ)`
    Sigmoid = "sigmoid": sigmoid, y => y * (1.0 - y);
    /// `x·σ(x)` (Elfwing et al. 2017)
    Silu = "silu": |x| x * sigmoid(x), x => sigmoid(x) * (1.0 + x * (1.0 - sigmoid(x)));
}

const fn is_input(kept: &str) -> bool {
    matches!(kept.as_bytes(), b"x")
}

/// The sigmoid, in a form that never overflows.
fn sigmoid(x: f32) -> f32 {
    let e = libm::expf(-x.abs());
    (if x < 0.0 { e } else { 1.0 }) / (1.0 + e)
}

impl Operation for Unary {
    no_parameters!();
    no_fields!();

    const KINDS: &'static [Self] = Self::ALL;

    fn name(&self) -> &'static str {
        self.text()
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
        one(inputs).copied()
    }

    fn keeps(&self) -> Keeps {
        if self.keeps_input() { Keeps { inputs: &[0], ..Keeps::NOTHING } } else { Keeps::OUTPUT }
    }

    fn keeps_positions(&self) -> bool {
        true
    }

    fn window(&self) -> Option<&Window> {
        None
    }

    fn forward<B: Backend>(
        &self,
        backend: &B,
        (): &(),
        inputs: &[B::Tensor],
        _y: Shape,
    ) -> Result<Forward<B>> {
        Ok(Forward::of(backend.unary(one(inputs)?, *self)?))
    }

    // y = f(x)
    fn vjp<B: Backend>(
        &self,
        backend: &B,
        (): &(),
        kept: &Kept<'_, B>,
        back: Back<'_, B>,
    ) -> Result<B::Tensor> {
        let kept = if self.keeps_input() { kept.input(0)? } else { kept.output()? };
        backend.unary_vjp(back.dy, kept, *self)
    }
}
