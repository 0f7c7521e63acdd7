//! The card, software where there is no other.

use candling_webgpu::WebGpu;
use pollster::block_on;

/// A device of its own.
pub fn card() -> WebGpu {
    block_on(WebGpu::new())
        .unwrap_or_else(|e| panic!("{e}; install a Vulkan driver, Debian's `mesa-vulkan-drivers` will do"))
}
