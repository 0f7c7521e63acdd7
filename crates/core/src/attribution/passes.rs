//! Many passes are one thing: work that falls into pieces which know nothing of one another. Any range of them can be run, in any order and
//! by any number of workers, each with the same work before it; what comes out of all is the same, to the bit.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Attribution, Explainer, Options, Query};
use crate::{Backend, Error, Network, Result, Retain, Shape, Target, probabilities};

/// Work that falls into pieces.
pub trait Passes {
    /// What all pieces come to.
    type Whole;

    /// How many there are; never 0.
    fn pieces(&self) -> usize;

    /// The values of some pieces, one after the other; of each as many.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for pieces that there are not; what the passes give.
    fn run(&self, pieces: Range<usize>) -> impl Future<Output = Result<Vec<f32>>>;

    /// What the values of all pieces, in their order, come to.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for another number of them; [`Error::NotFinite`].
    fn finish(&self, values: &[f32]) -> Result<Self::Whole>;
}

/// Passes over altered pictures, as data: what the network is shown in each, and what is read from it.
pub trait Alteration: Send + Sync {
    /// What this is, for errors.
    fn name(&self) -> &'static str;

    /// How many pieces there are.
    fn pieces(&self) -> usize;

    /// What is taken from each pass.
    fn read(&self) -> Read;

    /// Turns the picture, which `shown` holds as it is, into what the network is shown in a piece.
    fn alter(&self, piece: usize, shown: &mut [f32]);
}

/// The same, and what the values come to.
pub trait Plan: Alteration {
    /// What all pieces come to.
    type Whole;

    /// As [`Passes::finish`].
    ///
    /// # Errors
    /// Likewise.
    fn finish(&self, values: &[f32]) -> Result<Self::Whole>;
}

/// What is taken from a pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Read {
    /// How far the target's score is below that of the picture as it is: one value.
    Drop(Target),
    /// A class's softmax probability: one value.
    Probability(u32),
    /// A map of a method of one pass: all its values.
    Map(Query),
}

/// What a method of many passes is asked: a picture (`shape` `[1, c, h, w]`, values row-major), a target, and what was set.
pub struct Asked<'a> {
    /// Of the picture.
    pub shape: Shape,
    /// The network's input.
    pub picture: &'a [f32],
    /// Class or margin.
    pub target: Target,
    /// Checked to be the method's own.
    pub options: &'a Options,
}

/// A plan whose pieces come to a map.
pub type MapPlan = Box<dyn Plan<Whole = Attribution>>;

/// Makes a method's plan; nothing is run yet.
pub type Begin = fn(&Asked<'_>) -> Result<MapPlan>;

/// A plan with the network and the picture that it is about.
pub struct Altered<B: Backend, P> {
    subject: Subject<B>,
    plan: P,
}

impl<B: Backend, P: Plan> Altered<B, P> {
    /// Nothing is run yet. `shape` `[1, c, h, w]`, values row-major.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for more than one picture, or a margin over itself; [`Error::BadShape`]; [`Error::UnknownClass`].
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

/// A picture, and the network that is shown it altered.
struct Subject<B: Backend> {
    network: Arc<Network<B>>,
    shape: Shape,
    picture: Vec<f32>,
    /// The bits of the score of the picture as it is, for what is told relative to it; of NaN, which no score is, before it has run.
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

    /// The target's score on the picture as it is, run once.
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

/// That there are such pieces.
pub(super) fn check_pieces(name: &str, asked: &Range<usize>, pieces: usize) -> Result<()> {
    if asked.start > asked.end || asked.end > pieces {
        return Err(Error::BadArgument(format!(
            "pieces: {}..{}; there are {pieces} of `{name}`",
            asked.start, asked.end
        )));
    }
    Ok(())
}

/// That there are so many values.
pub(super) fn check_values(name: &str, values: &[f32], needed: usize) -> Result<()> {
    if values.len() == needed {
        return Ok(());
    }
    Err(Error::BadArgument(format!("values: {}; `{name}` is made of {needed}", values.len())))
}

/// Experiments are made on one picture at a time.
pub(super) fn check_one_picture(experiment: &str, shape: Shape, picture: &[f32]) -> Result<()> {
    let shape = shape.checked("input")?;
    if shape.n != 1 {
        return Err(Error::BadArgument(format!("{experiment}: {} pictures; give it one at a time", shape.n)));
    }
    if picture.len() != shape.len() {
        return Err(Error::BadShape {
            what: "input".into(),
            given: format!("{} values", picture.len()),
            needed: format!("{}, for {shape}", shape.len()),
        });
    }
    Ok(())
}
