//! The adapter, and the device on it.

use candling_core::{Error, Result};

/// A graphics card, or what stands in for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapter {
    /// As its driver calls it; browsers may say little.
    pub name: String,
    /// Whether the processor does its work: right, and slow.
    pub software: bool,
}

/// The fastest adapter and a device on it, with room for the largest buffers that it allows.
pub(crate) async fn request() -> Result<(Adapter, wgpu::Device, wgpu::Queue)> {
    let unavailable = |e: &dyn std::fmt::Display| Error::BackendUnavailable(e.to_string());
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        // nothing that a release build would not check: our shaders are checked by a test
        flags: wgpu::InstanceFlags::empty(),
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let options = wgpu::RequestAdapterOptions {
        power_preference: wgpu::PowerPreference::HighPerformance,
        ..Default::default()
    };
    let adapter = instance.request_adapter(&options).await.map_err(|e| unavailable(&e))?;
    let most = adapter.limits();
    let required_limits = wgpu::Limits {
        max_buffer_size: most.max_buffer_size,
        max_storage_buffer_binding_size: most.max_storage_buffer_binding_size,
        ..wgpu::Limits::default()
    };
    let descriptor = wgpu::DeviceDescriptor { required_limits, ..Default::default() };
    let (device, queue) = adapter.request_device(&descriptor).await.map_err(|e| unavailable(&e))?;
    let info = adapter.get_info();
    let software = info.device_type == wgpu::DeviceType::Cpu;
    Ok((Adapter { name: info.name, software }, device, queue))
}
