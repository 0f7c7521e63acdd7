//! A network on the CPU that runs on many photos in parallel.

use std::path::Path;
use std::sync::Arc;

use candling_core::{Backend, Network, NodeId, Retain, Shape, Tape};
use candling_cpu::Cpu;
use candling_imaging::{Backdrop, Fit, Photo, Preprocessing, Rect, prepare};
use candling_models::Model;
use pollster::block_on;

use crate::error::{Error, Result};
use crate::photo::Warned;
use crate::session::preprocessing;

pub struct Onlooker {
    network: Arc<Network<Cpu>>,
    how: Preprocessing,
    fit: Fit,
    pub warned: Warned,
}

/// A photo after its forward pass.
pub struct Seen {
    pub photo: Photo,
    /// The part of the photo that the network saw.
    pub view: Rect,
    /// The pixels of the network's input.
    pub backdrop: Backdrop,
    pub tape: Tape<Cpu>,
    pub logits: Vec<f32>,
}

impl Onlooker {
    pub fn new(model: &Model, fit: Fit) -> Result<Self> {
        let network = Arc::new(Network::new(Cpu::new(), model.graph().clone(), model.weights())?);
        Ok(Self { network, how: preprocessing(model), fit, warned: Warned::default() })
    }

    /// Runs the network on a photo that was read from `path`, retaining what a backward pass to this layer
    /// needs.
    pub fn look(&self, path: &Path, bytes: &[u8], layer: NodeId) -> Result<Seen> {
        let photo = self.warned.decoded(path, bytes)?;
        let prepared = prepare(&photo.rgba, photo.width, photo.height, self.fit, &self.how)
            .map_err(|e| Error::file(path, e))?;
        let shape = Shape::new(1, 3, self.how.height as usize, self.how.width as usize);
        let tape = self.network.forward(shape, &prepared.tensor, Retain::Layers(&[layer]))?;
        let logits = block_on(tape.logits())?;
        Ok(Seen { photo, view: prepared.view, backdrop: prepared.backdrop, tape, logits })
    }

    /// The output of a layer for a photo.
    pub fn output(&self, path: &Path, bytes: &[u8], layer: NodeId) -> Result<Vec<f32>> {
        let seen = self.look(path, bytes, layer)?;
        let output = seen.tape.activation(layer).ok_or_else(|| {
            candling_core::Error::NotRetained(self.network.graph().node(layer).name.clone())
        })?;
        Ok(block_on(self.network.backend().download(output))?)
    }
}
