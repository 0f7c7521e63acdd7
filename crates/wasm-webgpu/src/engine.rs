//! A model whose weights are on the GPU.

use std::sync::Arc;

use candling_bindings::{Result, wire};
use candling_core::{Network, NodeId, Retain, Shape};
use candling_webgpu::WebGpu;
use wasm_bindgen::prelude::*;

use crate::run::Run;

/// A loaded model.
#[wasm_bindgen]
pub struct Engine {
    network: Arc<Network<WebGpu>>,
    default_layer: NodeId,
}

#[wasm_bindgen]
impl Engine {
    /// Requests the browser's fastest adapter and uploads a model's weights. `graph` and `weights` are those
    /// of `candling-wasm`'s `Unpacked`.
    ///
    /// # Errors
    /// `backend-unavailable`, `backend-lost`, and the code of an invalid graph.
    // a page has one thread; `Network` is shared by `Arc` for backends with more
    #[allow(clippy::arc_with_non_send_sync)]
    pub async fn create(graph: Vec<u8>, weights: Vec<f32>) -> Result<Engine> {
        let webgpu = WebGpu::new().await?;
        let (graph, default_layer) = wire::decode(&graph)?;
        let weights = wire::unflatten(&graph, &weights)?;
        let network = Network::new(webgpu, graph, &weights)?;
        network.backend().finish().await?;
        Ok(Self { network: Arc::new(network), default_layer })
    }

    /// Runs one forward pass of an input tensor `1×3×height×width`. Everything is kept, so that any class,
    /// layer and method can follow.
    ///
    /// # Errors
    /// `bad-shape`, `not-finite`, `backend-lost`.
    pub async fn forward(&self, data: Vec<f32>, height: usize, width: usize) -> Result<Run> {
        self.run(&data, height, width, Retain::All, self.default_layer).await
    }

    /// Runs one forward pass that keeps what CAMs at one layer need, by default the default layer.
    ///
    /// # Errors
    /// `unknown-layer`, `bad-shape`, `not-finite`, `backend-lost`.
    #[wasm_bindgen(js_name = forwardTo)]
    pub async fn forward_to(
        &self,
        data: Vec<f32>,
        height: usize,
        width: usize,
        layer: Option<String>,
    ) -> Result<Run> {
        let layer = match layer {
            Some(name) => self.network.graph().find(&name)?,
            None => self.default_layer,
        };
        self.run(&data, height, width, Retain::Layers(&[layer]), layer).await
    }
}

impl Engine {
    async fn run(
        &self,
        data: &[f32],
        height: usize,
        width: usize,
        retain: Retain<'_>,
        layer: NodeId,
    ) -> Result<Run> {
        let shape = Shape::new(1, 3, height, width).checked("input")?;
        let tape = self.network.forward(shape, data, retain)?;
        Ok(Run::new(tape, layer).await?)
    }
}
