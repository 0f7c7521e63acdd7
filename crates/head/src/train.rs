//! Softmax regression by gradient descent.
//!
//! The loss is candle-nn's mean cross-entropy plus `decay / 2 · ‖W‖²` over the full batch; its gradient comes
//! from candle's autograd, and candle-nn's plain gradient descent follows it. The problem is convex, and the
//! steps are short enough to shrink every error, including that of rounding, so the result is the same on
//! every machine but for rounding.
//!
//! Features are centred and divided by one number for all, so that one learning rate suits every network; the
//! resulting weights are for the original features. Features are not standardised one by one: that would give
//! those that say little the same rank as those that say much, which hides from the head what the network
//! considers important.

use std::ops::ControlFlow;

use candle_core::{D, DType, Device, Tensor, Var};
use candle_nn::{Optimizer, SGD, loss::cross_entropy};

use crate::{Error, Examples, Result};

/// Hyperparameters of training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Number of full-batch steps, 1 to 100 000.
    pub steps: usize,
    /// Learning rate for features whose mean square norm is 1; above 0 and below 4, above which steps would
    /// not shrink errors.
    pub rate: f64,
    /// Weight decay, 0 to 1: the factor of `½‖W‖²` in the loss, which keeps the weights small if there are
    /// few examples.
    pub decay: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { steps: 400, rate: 2.0, decay: 1e-3 }
    }
}

impl Settings {
    fn check(self) -> Result<()> {
        let check = |name, given: f64, allowed, fits: bool| {
            if fits { Ok(()) } else { Err(Error::BadSetting { name, given, allowed }) }
        };
        check("steps", self.steps as f64, "1 to 100000", (1..=100_000).contains(&self.steps))?;
        check("rate", self.rate, "above 0 and below 4", self.rate > 0.0 && self.rate < 4.0)?;
        check("decay", self.decay, "0 to 1", (0.0..=1.0).contains(&self.decay))
    }
}

/// The state of training, reported after every step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainingStep {
    /// Number of steps done.
    pub step: usize,
    /// The loss before this step, weight decay included.
    pub loss: f32,
    /// Training accuracy before this step, 0 to 1.
    pub accuracy: f32,
}

/// A linear layer: `logits = W·features + b`.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// `classes × width` values, class after class.
    pub weight: Vec<f32>,
    /// One value per class.
    pub bias: Vec<f32>,
}

/// The loss of softmax regression, a scalar: mean cross-entropy of `x·wᵀ + b` with the classes `y`, plus
/// `decay / 2 · ‖w‖²`. `x` is `[examples, width]`, `w` `[classes, width]`, `b` `[classes]`, `y` `[examples]`
/// of u32.
///
/// # Errors
/// An error of candle if the shapes do not fit each other.
pub fn loss(x: &Tensor, y: &Tensor, w: &Tensor, b: &Tensor, decay: f64) -> candle_core::Result<Tensor> {
    let entropy = cross_entropy(&logits(x, w, b)?, y)?;
    entropy + (w.sqr()?.sum_all()? * (decay / 2.0))?
}

fn logits(x: &Tensor, w: &Tensor, b: &Tensor) -> candle_core::Result<Tensor> {
    x.matmul(&w.t()?)?.broadcast_add(b)
}

/// Trains a head from zero weights. `watch` is called after every step and may stop the training.
///
/// # Errors
/// [`Error::BadSetting`]; [`Error::Stopped`] if `watch` breaks.
pub fn train(
    examples: &Examples,
    settings: Settings,
    mut watch: impl FnMut(TrainingStep) -> ControlFlow<()>,
) -> Result<Head> {
    settings.check()?;
    let Examples { features, labels, classes, width } = examples;
    let (classes, width, count) = (*classes, *width, labels.len());
    let device = Device::Cpu;
    let raw = Tensor::from_slice(features, (count, width), &device)?;
    let mean = raw.mean_keepdim(0)?;
    let centred = raw.broadcast_sub(&mean)?;
    let norm = f64::from(centred.sqr()?.sum(1)?.mean_all()?.to_scalar::<f32>()?).sqrt();
    // if all photos are alike there is nothing to divide by
    let scale = if norm > 0.0 { 1.0 / norm } else { 1.0 };
    let x = (centred * scale)?;
    let y = Tensor::from_slice(labels, count, &device)?;
    let w = Var::zeros((classes, width), DType::F32, &device)?;
    let b = Var::zeros(classes, DType::F32, &device)?;
    let mut descent = SGD::new(vec![w.clone(), b.clone()], settings.rate)?;
    for step in 1..=settings.steps {
        let now = loss(&x, &y, &w, &b, settings.decay)?;
        let right = logits(&x, &w, &b)?.argmax(D::Minus1)?.eq(&y)?;
        let accuracy = right.to_dtype(DType::F32)?.mean_all()?.to_scalar()?;
        let progress = TrainingStep { step, loss: now.to_scalar()?, accuracy };
        descent.backward_step(&now)?;
        if watch(progress).is_break() {
            return Err(Error::Stopped);
        }
    }
    // W·(f − mean)·scale + b, for the original features
    let weight = (w.as_tensor() * scale)?;
    let bias = (b.as_tensor() - weight.matmul(&mean.t()?)?.squeeze(1)?)?;
    Ok(Head { weight: weight.flatten_all()?.to_vec1()?, bias: bias.to_vec1()? })
}

impl Head {
    /// Returns the logits of one photo, one per class, from its features.
    ///
    /// # Errors
    /// [`Error::BadShape`] for another number of features.
    pub fn logits(&self, features: &[f32]) -> Result<Vec<f32>> {
        let width = self.weight.len() / self.bias.len().max(1);
        if features.len() != width {
            return Err(Error::BadShape {
                what: "features",
                given: features.len(),
                needed: width.to_string(),
            });
        }
        let row = |row: &[f32]| row.iter().zip(features).map(|(w, x)| w * x).sum::<f32>();
        Ok(self.weight.chunks_exact(width.max(1)).zip(&self.bias).map(|(w, b)| row(w) + b).collect())
    }
}
