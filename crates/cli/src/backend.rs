//! Where the network is computed, and what a report says of it.

use candling_core::Backend;
use candling_cpu::Cpu;
use candling_webgpu::WebGpu;
use clap::ValueEnum;
use pollster::block_on;

use crate::error::Result;

/// What `--backend` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Choice {
    /// The processor
    Cpu,
    /// The graphics card, through Vulkan or Metal
    #[value(name = "webgpu")]
    WebGpu,
}

/// The graphics card.
pub fn card() -> Result<WebGpu> {
    Ok(block_on(WebGpu::new())?)
}

/// A backend that a report can name.
pub trait Named: Backend {
    /// As `--backend` calls it.
    const CHOICE: Choice;

    /// The graphics card, where there is one in use.
    fn card(&self) -> Option<candling_webgpu::Adapter>;
}

impl Named for Cpu {
    const CHOICE: Choice = Choice::Cpu;

    fn card(&self) -> Option<candling_webgpu::Adapter> {
        None
    }
}

impl Named for WebGpu {
    const CHOICE: Choice = Choice::WebGpu;

    fn card(&self) -> Option<candling_webgpu::Adapter> {
        Some(self.adapter())
    }
}
