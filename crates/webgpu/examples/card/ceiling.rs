//! The limits of the GPU: two kernels, one that only computes and one that only copies.

use std::time::Instant;

use wgpu::BufferUsages;

use crate::Result;

/// Largest measured rates of floating-point operations and bytes per second.
pub struct Ceiling {
    pub flop: f64,
    pub bytes: f64,
}

/// Size of the copied buffer in bytes; caches of GPUs are smaller.
const COPIED: u64 = 1 << 27;

/// Floating-point operations of a workgroup of `multiply.wgsl` per round: invocations, vectors, values in
/// each, and two for a multiply-add.
const FLOP_A_ROUND: u64 = 64 * 8 * 4 * 2;

/// Shortest measurement in seconds, so that its beginning and end do not matter.
const LONG_ENOUGH: f64 = 0.05;

/// Number of measurements, of which the best counts.
const TRIES: usize = 5;

pub fn measure() -> Result<Ceiling> {
    pollster::block_on(async {
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
        let options = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..Default::default()
        };
        let adapter = instance.request_adapter(&options).await?;
        let descriptor = wgpu::DeviceDescriptor { required_limits: adapter.limits(), ..Default::default() };
        let (device, queue) = adapter.request_device(&descriptor).await?;
        let bench = Bench { device, queue };
        Ok(Ceiling {
            flop: bench.rate(include_str!("multiply.wgsl"), 1 << 14, |groups, rounds| {
                groups * rounds * FLOP_A_ROUND
            })?,
            // read and written
            bytes: bench.rate(include_str!("copy.wgsl"), 1 << 12, |_, rounds| rounds * 2 * COPIED)?,
        })
    })
}

struct Bench {
    device: wgpu::Device,
    queue: wgpu::Queue,
}

impl Bench {
    /// Work per second, given `work(workgroups, rounds)`.
    fn rate(&self, source: &str, groups: u32, work: impl Fn(u64, u64) -> u64) -> Result<f64> {
        let mut rounds = 1;
        while self.seconds(source, groups, rounds)? < LONG_ENOUGH {
            rounds *= 2;
        }
        let mut best = 0.0_f64;
        for _ in 0..TRIES {
            let seconds = self.seconds(source, groups, rounds)?;
            best = best.max(work(groups.into(), rounds.into()) as f64 / seconds);
        }
        Ok(best)
    }

    /// Seconds of one run, the second one of its pipeline.
    fn seconds(&self, source: &str, groups: u32, rounds: u32) -> Result<f64> {
        let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: None,
            source: wgpu::ShaderSource::Wgsl(source.into()),
        });
        let pipeline = self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: None,
            module: &module,
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &[("rounds", f64::from(rounds))],
                ..Default::default()
            },
            cache: None,
        });
        let buffers = [(); 2].map(|()| {
            self.device.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size: COPIED,
                usage: BufferUsages::STORAGE,
                mapped_at_creation: false,
            })
        });
        let entries: Vec<_> = (0..)
            .zip(&buffers)
            .map(|(binding, buffer)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() })
            .collect();
        let bind_group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        let mut seconds = 0.0;
        for _ in 0..2 {
            let mut encoder = self.device.create_command_encoder(&Default::default());
            {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                pass.set_pipeline(&pipeline);
                pass.set_bind_group(0, &bind_group, &[]);
                pass.dispatch_workgroups(groups, 1, 1);
            }
            let started = Instant::now();
            self.queue.submit([encoder.finish()]);
            self.device.poll(wgpu::PollType::wait_indefinitely())?;
            seconds = started.elapsed().as_secs_f64();
        }
        Ok(seconds)
    }
}
