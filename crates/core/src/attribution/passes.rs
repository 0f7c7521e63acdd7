//! Work in independent pieces. Any range of them can be run, in any order and by any number of workers that
//! hold the same work; the result is identical to the bit.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Attribution, Explainer, Options, Query};
use crate::{Backend, Error, Network, Result, Retain, Shape, Target, probabilities};

/// Work in independent pieces.
pub trait Passes {
    /// The result of all pieces.
    type Whole;

    /// Number of pieces; never 0.
    fn pieces(&self) -> usize;

    /// Runs some pieces and returns their values in order; each piece has the same number of values.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for pieces that do not exist; and those of the passes.
    fn run(&self, pieces: Range<usize>) -> impl Future<Output = Result<Vec<f32>>>;

    /// Computes the result from the values of all pieces, in order.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for a wrong number of values; [`Error::NotFinite`].
    fn finish(&self, values: &[f32]) -> Result<Self::Whole>;
}

/// Forward passes over altered pictures, as data: the picture of each pass, and what is read from its result.
pub trait Alteration: Send + Sync {
    /// Name in error messages.
    fn name(&self) -> &'static str;

    /// Number of pieces.
    fn pieces(&self) -> usize;

    /// The quantity that is read from each pass.
    fn read(&self) -> Read;

    /// Changes `shown`, a copy of the picture, into the network's input of a piece.
    fn alter(&self, piece: usize, shown: &mut [f32]);
}

/// An alteration, and how its result is computed from the values.
pub trait Plan: Alteration {
    /// The result of all pieces.
    type Whole;

    /// As [`Passes::finish`].
    ///
    /// # Errors
    /// As [`Passes::finish`].
    fn finish(&self, values: &[f32]) -> Result<Self::Whole>;
}

/// The quantity that is read from a pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Read {
    /// The drop of the target's score compared with the unaltered picture: one value.
    Drop(Target),
    /// A class's softmax probability: one value.
    Probability(u32),
    /// The map of a one-pass method: all its values.
    Map(Query),
}

/// The input of a method of many passes: a picture (`shape` `[1, c, h, w]`, values row-major), a target, and
/// options.
pub struct Asked<'a> {
    /// Shape of the picture.
    pub shape: Shape,
    /// The network's input.
    pub picture: &'a [f32],
    /// Class or margin.
    pub target: Target,
    /// Options, checked to be the method's own.
    pub options: &'a Options,
}

/// A plan whose result is a map.
pub type MapPlan = Box<dyn Plan<Whole = Attribution>>;

/// Makes a method's plan; nothing is run yet.
pub type Begin = fn(&Asked<'_>) -> Result<MapPlan>;

/// A plan, with the network and the picture to run it on.
pub struct Altered<B: Backend, P> {
    subject: Subject<B>,
    plan: P,
}

impl<B: Backend, P: Plan> Altered<B, P> {
    /// Prepares a plan; nothing is run yet. `shape` is `[1, c, h, w]`, values are row-major.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for more than one picture, or a margin over itself; [`Error::BadShape`];
    /// [`Error::UnknownClass`].
    pub fn new(network: Arc<Network<B>>, shape: Shape, picture: Vec<f32>, plan: P) -> Result<Self> {
        Ok(Self { subject: Subject::new(network, shape, picture, &plan)?, plan })
    }
}

impl<B: Backend, P: Plan> Passes for Altered<B, P> {
    type Whole = P::Whole;

    fn pieces(&self) -> usize {
        self.plan.pieces()
    }

    async fn run(&self, pieces: Range<usize>) -> Result<Vec<f32>> {
        self.subject.run(&self.plan, pieces).await
    }

    fn finish(&self, values: &[f32]) -> Result<P::Whole> {
        self.plan.finish(values)
    }
}

/// A picture, and the network that runs its alterations.
struct Subject<B: Backend> {
    network: Arc<Network<B>>,
    shape: Shape,
    picture: Vec<f32>,
    /// Bits of the score of the unaltered picture, once computed; NaN, which no score is, before.
    score: AtomicU32,
}

impl<B: Backend> Subject<B> {
    /// As [`Altered::new`].
    fn new(network: Arc<Network<B>>, shape: Shape, picture: Vec<f32>, plan: &dyn Alteration) -> Result<Self> {
        check_one_picture(plan.name(), shape, &picture)?;
        let target = match plan.read() {
            Read::Drop(target) => target,
            Read::Probability(class) => Target::Class(class),
            Read::Map(query) => query.target,
        };
        target.gradient(network.graph().classes())?;
        Ok(Self { network, shape, picture, score: AtomicU32::new(f32::NAN.to_bits()) })
    }

    /// As [`Passes::run`].
    async fn run(&self, plan: &dyn Alteration, pieces: Range<usize>) -> Result<Vec<f32>> {
        check_pieces(plan.name(), &pieces, plan.pieces())?;
        let mut values = Vec::with_capacity(pieces.len());
        let mut shown = self.picture.clone();
        for piece in pieces {
            shown.copy_from_slice(&self.picture);
            plan.alter(piece, &mut shown);
            match plan.read() {
                Read::Drop(target) => {
                    let whole = self.score(target).await?;
                    values.push(whole - target.score(&self.logits(&shown).await?)?);
                }
                Read::Probability(class) => {
                    values.extend(probabilities(&self.logits(&shown).await?).get(class as usize));
                }
                Read::Map(query) => values.extend(self.map(&query, &shown).await?),
            }
        }
        Ok(values)
    }

    /// The target's score of the unaltered picture, computed once.
    async fn score(&self, target: Target) -> Result<f32> {
        let mut score = f32::from_bits(self.score.load(Ordering::Relaxed));
        if score.is_nan() {
            score = target.score(&self.logits(&self.picture).await?)?;
            self.score.store(score.to_bits(), Ordering::Relaxed);
        }
        Ok(score)
    }

    async fn logits(&self, x: &[f32]) -> Result<Vec<f32>> {
        self.network.forward(self.shape, x, Retain::Logits)?.logits().await
    }

    async fn map(&self, query: &Query, x: &[f32]) -> Result<Vec<f32>> {
        let graph = self.network.graph();
        let kept = query.method.keeps(graph, query.layer_in(graph));
        let tape = self.network.forward(self.shape, x, Retain::Layers(&kept))?;
        Ok(Explainer::new(&tape).explain(query).await?.data)
    }
}

impl<P: Alteration + ?Sized> Alteration for Box<P> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn pieces(&self) -> usize {
        (**self).pieces()
    }

    fn read(&self) -> Read {
        (**self).read()
    }

    fn alter(&self, piece: usize, shown: &mut [f32]) {
        (**self).alter(piece, shown);
    }
}

impl<P: Plan + ?Sized> Plan for Box<P> {
    type Whole = P::Whole;

    fn finish(&self, values: &[f32]) -> Result<P::Whole> {
        (**self).finish(values)
    }
}

/// Checks that these pieces exist.
pub(super) fn check_pieces(name: &str, asked: &Range<usize>, pieces: usize) -> Result<()> {
    if asked.start > asked.end || asked.end > pieces {
        return Err(Error::BadArgument(format!(
            "pieces: {}..{}; there are {pieces} of `{name}`",
            asked.start, asked.end
        )));
    }
    Ok(())
}

/// Checks the number of values.
pub(super) fn check_values(name: &str, values: &[f32], needed: usize) -> Result<()> {
    if values.len() == needed {
        return Ok(());
    }
    Err(Error::BadArgument(format!("values: {}; `{name}` is made of {needed}", values.len())))
}

/// Checks that there is one picture, of the right size.
pub(super) fn check_one_picture(experiment: &str, shape: Shape, picture: &[f32]) -> Result<()> {
    let shape = shape.checked("input")?;
    if shape.n != 1 {
        return Err(Error::BadArgument(format!("{experiment}: {} pictures; give it one at a time", shape.n)));
    }
    shape.check_count("input", picture)
}
