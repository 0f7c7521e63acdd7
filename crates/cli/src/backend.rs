//! Backends of the command, and their names in reports.

use candling_core::Backend;
use candling_cpu::Cpu;
use candling_webgpu::WebGpu;
use clap::ValueEnum;
use pollster::block_on;

use crate::error::Result;

/// The value of `--backend`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Choice {
    /// The processor
    Cpu,
    /// The graphics card, through Vulkan or Metal
    #[value(name = "webgpu")]
    WebGpu,
}

/// Opens the GPU.
pub fn card() -> Result<WebGpu> {
    Ok(block_on(WebGpu::new())?)
}

/// A backend with a name for reports.
pub trait Named: Backend {
    /// The value of `--backend`.
    const CHOICE: Choice;

    /// The GPU in use, if there is one.
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
