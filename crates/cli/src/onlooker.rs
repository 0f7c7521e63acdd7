//! A network that looks at many photos, on all cores.

use std::path::Path;
use std::sync::Arc;

use candling_core::{Backend, Network, NodeId, Retain, Shape, Tape};
use candling_cpu::Cpu;
use candling_imaging::{Backdrop, Fit, Photo, Preprocessing, Rect, prepare};
use candling_models::Model;
use indicatif::{ProgressBar, ProgressStyle};
use pollster::block_on;
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::photo::decoded;
use crate::session::preprocessing;

/// Photos whose results wait for their turn, for each core: enough that no core waits long for another, few enough to be nothing.
const AT_ONCE: usize = 16;

pub struct Onlooker {
    network: Arc<Network<Cpu>>,
    how: Preprocessing,
    fit: Fit,
}

/// A photo after its forward pass.
pub struct Seen {
    pub photo: Photo,
    /// The part of the photo that the network saw.
    pub view: Rect,
    /// The pixels that it saw.
    pub backdrop: Backdrop,
    pub tape: Tape<Cpu>,
    pub logits: Vec<f32>,
}

impl Onlooker {
    pub fn new(model: &Model, fit: Fit) -> Result<Self> {
        let network = Arc::new(Network::new(Cpu::new(), model.graph.clone(), &model.weights)?);
        Ok(Self { network, how: preprocessing(model), fit })
    }

    /// Runs the network on a photo that was read from `path`, keeping what a walk back to this layer needs.
    pub fn look(&self, path: &Path, bytes: &[u8], layer: NodeId) -> Result<Seen> {
        let photo = decoded(path, bytes)?;
        let prepared = prepare(&photo.rgba, photo.width, photo.height, self.fit, &self.how)
            .map_err(|e| Error::file(path, e))?;
        let shape = Shape::new(1, 3, self.how.height as usize, self.how.width as usize);
        let tape = self.network.forward(shape, &prepared.tensor, Retain::Layers(&[layer]))?;
        let logits = block_on(tape.logits())?;
        Ok(Seen { photo, view: prepared.view, backdrop: prepared.backdrop, tape, logits })
    }

    /// What a layer gives for a photo.
    pub fn output(&self, path: &Path, bytes: &[u8], layer: NodeId) -> Result<Vec<f32>> {
        let seen = self.look(path, bytes, layer)?;
        let output = seen.tape.activation(layer).ok_or_else(|| {
            candling_core::Error::NotRetained(self.network.graph().node(layer).name.clone())
        })?;
        Ok(block_on(self.network.backend().download(output))?)
    }
}

/// A file's bytes.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| Error::file(path, e))
}

/// Does `work` for each item on all cores and hands the results to `done`, in order. Memory does not grow with the items. Where standard
/// error is a terminal, a bar there shows how far it is.
pub fn for_each<'a, I: Sync, T: Send>(
    what: &'static str,
    items: &'a [I],
    work: impl Fn(&I) -> T + Sync,
    mut done: impl FnMut(&'a I, T) -> Result<()>,
) -> Result<()> {
    let bar = ProgressBar::new(items.len() as u64).with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}, {eta} to go") {
        bar.set_style(style);
    }
    for batch in items.chunks(AT_ONCE * rayon::current_num_threads()) {
        let results: Vec<T> = batch
            .par_iter()
            .map(|item| {
                let result = work(item);
                bar.inc(1);
                result
            })
            .collect();
        for (item, result) in batch.iter().zip(results) {
            done(item, result)?;
        }
    }
    bar.finish_and_clear();
    Ok(())
}
