//! The adapter, and the device on it.

use candling_core::{Error, Result};

/// A GPU, or a software implementation of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapter {
    /// Name that the driver reports; browsers may give little of it.
    pub name: String,
    /// Whether it runs on the CPU: correct, and slow.
    pub software: bool,
}

impl Adapter {
    pub(crate) fn of(adapter: &wgpu::Adapter) -> Self {
        let info = adapter.get_info();
        Self { name: info.name, software: info.device_type == wgpu::DeviceType::Cpu }
    }
}

/// A device, and the adapter that it is on.
pub(crate) struct Card {
    pub(crate) adapter: wgpu::Adapter,
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    /// Largest size of a buffer binding in bytes.
    pub(crate) most_bytes: u64,
}

/// Requests the fastest adapter and a device with all its limits.
pub(crate) async fn request() -> Result<Card> {
    let unavailable = |e: &dyn std::fmt::Display| Error::BackendUnavailable(e.to_string());
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        // no validation in release builds: a test checks our shaders
        flags: wgpu::InstanceFlags::empty(),
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let options = wgpu::RequestAdapterOptions {
        power_preference: wgpu::PowerPreference::HighPerformance,
        ..Default::default()
    };
    let adapter = instance.request_adapter(&options).await.map_err(|e| unavailable(&e))?;
    let required_limits = adapter.limits();
    let most_bytes = required_limits.max_buffer_size.min(required_limits.max_storage_buffer_binding_size);
    let descriptor = wgpu::DeviceDescriptor { required_limits, ..Default::default() };
    let (device, queue) = adapter.request_device(&descriptor).await.map_err(|e| unavailable(&e))?;
    Ok(Card { adapter, device, queue, most_bytes })
}
