//! Forward passes on a picture that parts were taken away from.

use std::cell::OnceCell;
use std::sync::Arc;

use candling_core::{Backend, Error, Fill, Perturber, probabilities};
use candling_cpu::{Cpu, on_threads};
use pollster::block_on; // the CPU backend never waits
use wasm_bindgen::prelude::*;

use crate::run::Run;
use candling_bindings::Result;

/// A run's perturbers, each made when it is first asked for: a visitor who drags a brush over the picture
/// asks many times a second.
#[derive(Default)]
pub struct Perturbers {
    grey: OnceCell<Perturber<Cpu>>,
    blur: OnceCell<Perturber<Cpu>>,
}

/// What the network says of a changed picture.
#[wasm_bindgen]
pub struct Perturbed {
    logits: Vec<f32>,
}

#[wasm_bindgen]
impl Run {
    /// One forward pass on the input without the pixels that `mask` (`height·width` values, row by row) is
    /// not 0 at; `fill` is `grey` or `blur`.
    ///
    /// # Errors
    /// `bad-argument`, `not-retained`, `not-finite`.
    pub fn perturb(&self, mask: &[u8], fill: &str) -> Result<Perturbed> {
        let perturber = self.perturber(fill.parse()?)?;
        Ok(Perturbed { logits: on_threads(|| block_on(perturber.logits(mask)))? })
    }
}

impl Run {
    fn perturber(&self, fill: Fill) -> candling_core::Result<&Perturber<Cpu>> {
        let cell = match fill {
            Fill::Grey => &self.perturbers.grey,
            Fill::Blur => &self.perturbers.blur,
        };
        if let Some(perturber) = cell.get() {
            return Ok(perturber);
        }
        let shape = self.tape.shape(self.tape.graph().input());
        let perturber = Perturber::new(Arc::clone(self.tape.network()), shape, self.picture()?, fill)?;
        Ok(cell.get_or_init(|| perturber))
    }

    /// The input that ran, row-major 3×height×width.
    pub(crate) fn picture(&self) -> candling_core::Result<Vec<f32>> {
        let missing = || Error::NotRetained("input".into());
        let input = self.tape.activation(self.tape.graph().input()).ok_or_else(missing)?;
        block_on(self.tape.network().backend().download(input))
    }
}

#[wasm_bindgen]
impl Perturbed {
    /// The logits, by class.
    #[must_use]
    pub fn logits(&self) -> Vec<f32> {
        self.logits.clone()
    }

    /// Softmax over all classes, by class.
    #[must_use]
    pub fn probabilities(&self) -> Vec<f32> {
        probabilities(&self.logits)
    }
}
