//! Records kernels, and submits them when values are read back.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use candling_core::{Error, Result};
use futures_channel::oneshot;
use wgpu::BufferUsages;

use crate::Counts;
use crate::buffers::{Buffer, Lent, Pool, WORD};
use crate::kernel::{Constants, Kernel, SHADERS};
use crate::scopes::Scopes;
use crate::uniforms::Uniforms;

/// Number of cached bind groups; more come only from inputs of ever new sizes, and then the cache is cleared.
const MOST_BIND_GROUPS: usize = 512;

/// A recorded kernel.
struct Dispatch {
    pipeline: wgpu::ComputePipeline,
    bind_group: wgpu::BindGroup,
    grid: [u32; 3],
}

/// The key of a pipeline: index of the shader, and its constants.
type Compiled = (usize, Constants);

/// A cached bind group, and its key.
struct Bound {
    compiled: Compiled,
    uniforms: Vec<u32>,
    buffers: Vec<u64>,
    bind_group: wgpu::BindGroup,
}

/// Records kernels and caches pipelines and bind groups. The caches are searched linearly: some hundred
/// comparisons, and less code than hash tables, which every page that uses this loads.
pub(crate) struct Recorder {
    device: wgpu::Device,
    queue: wgpu::Queue,
    scopes: RefCell<Scopes>,
    recorded: RefCell<Vec<Dispatch>>,
    pool: Rc<RefCell<Pool>>,
    pipelines: RefCell<Vec<(Compiled, wgpu::ComputePipeline)>>,
    bind_groups: RefCell<Vec<Bound>>,
    /// Buffers for reading values back.
    landings: RefCell<Vec<wgpu::Buffer>>,
    next_id: Cell<u64>,
    counts: Cell<Counts>,
    /// Largest size of a buffer binding in bytes.
    most_bytes: u64,
}

impl Recorder {
    pub(crate) fn new(device: wgpu::Device, queue: wgpu::Queue, most_bytes: u64) -> Self {
        Self {
            most_bytes,
            scopes: RefCell::new(Scopes::open(&device)),
            device,
            queue,
            recorded: RefCell::default(),
            pool: Rc::default(),
            pipelines: RefCell::default(),
            bind_groups: RefCell::default(),
            landings: RefCell::default(),
            next_id: Cell::default(),
            counts: Cell::default(),
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        self.counts.get()
    }

    pub(crate) fn destroy(&self) {
        self.device.destroy();
    }

    fn count(&self, change: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.get();
        change(&mut counts);
        self.counts.set(counts);
    }

    /// Uploads words that are kept: weights.
    pub(crate) fn keep(&self, words: &[u32]) -> Result<Buffer> {
        let buffer = self.buffer(words.len() as u64 * WORD)?;
        self.queue.write_buffer(&buffer.inner, 0, bytemuck::cast_slice(words));
        Ok(buffer)
    }

    /// Uploads the values of an activation.
    pub(crate) fn upload(&self, values: &[f32]) -> Result<Lent> {
        let bytes = values.len() as u64 * WORD;
        let lent = match Pool::lend_unused(&self.pool, bytes) {
            Some(lent) => lent,
            None => self.new_lent(bytes)?,
        };
        self.queue.write_buffer(&lent.inner, 0, bytemuck::cast_slice(values));
        Ok(lent)
    }

    /// Takes a buffer for this many values, with arbitrary contents.
    pub(crate) fn room(&self, values: usize) -> Result<Lent> {
        let bytes = values as u64 * WORD;
        match Pool::lend(&self.pool, bytes) {
            Some(lent) => Ok(lent),
            None => self.new_lent(bytes),
        }
    }

    fn new_lent(&self, bytes: u64) -> Result<Lent> {
        self.count(|counts| counts.buffers += 1);
        Ok(Pool::lent(&self.pool, self.buffer(bytes)?))
    }

    fn buffer(&self, bytes: u64) -> Result<Buffer> {
        if bytes > self.most_bytes {
            return Err(Error::Backend(format!(
                "a buffer of {bytes} bytes; this graphics card takes at most {}",
                self.most_bytes
            )));
        }
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST;
        Ok(self.numbered(wgpu::BufferDescriptor {
            label: None,
            size: bytes,
            usage,
            mapped_at_creation: false,
        }))
    }

    fn numbered(&self, descriptor: wgpu::BufferDescriptor<'_>) -> Buffer {
        let id = self.next_id.get();
        self.next_id.set(id + 1);
        Buffer { inner: self.device.create_buffer(&descriptor), id }
    }

    /// Records a kernel. `buffers` are its bindings from 1 on, in order.
    ///
    /// # Errors
    /// [`Error::Backend`] for a grid that no device takes.
    pub(crate) fn run<U: Uniforms>(
        &self,
        kernel: Kernel<U>,
        constants: Constants,
        uniforms: U,
        buffers: &[&Buffer],
        grid: [usize; 3],
    ) -> Result<()> {
        self.record((kernel.place, constants), bytemuck::cast_slice(&[uniforms]), buffers, grid)
    }

    /// [`run`](Self::run), once for all types of uniforms.
    pub(crate) fn record(
        &self,
        compiled: Compiled,
        uniforms: &[u32],
        buffers: &[&Buffer],
        grid: [usize; 3],
    ) -> Result<()> {
        let too_many = |_| {
            let name = SHADERS[compiled.0].name;
            Error::Backend(format!("{name}: a grid of {grid:?} workgroups; at most 65535"))
        };
        let fits = |extent: usize| u16::try_from(extent).map(u32::from).map_err(too_many);
        let grid = [fits(grid[0])?, fits(grid[1])?, fits(grid[2])?];
        let pipeline = self.pipeline(compiled);
        let bind_group = self.bind_group(compiled, &pipeline, uniforms, buffers);
        self.recorded.borrow_mut().push(Dispatch { pipeline, bind_group, grid });
        self.count(|counts| {
            counts.dispatches += 1;
            counts.bytes += buffers.iter().map(|buffer| buffer.bytes()).sum::<u64>();
        });
        Ok(())
    }

    fn pipeline(&self, compiled: Compiled) -> wgpu::ComputePipeline {
        let mut pipelines = self.pipelines.borrow_mut();
        if let Some((_, pipeline)) = pipelines.iter().find(|(of, _)| *of == compiled) {
            return pipeline.clone();
        }
        self.count(|counts| counts.pipelines += 1);
        let (shader, values) = (&SHADERS[compiled.0], compiled.1);
        let constants = shader.constants.iter().copied().zip(values.map(f64::from));
        let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(shader.name),
            source: wgpu::ShaderSource::Wgsl(shader.text.into()),
        });
        let pipeline = self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(shader.name),
            layout: None,
            module: &module,
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &constants.collect::<Vec<_>>(),
                // tiles are written before they are read
                zero_initialize_workgroup_memory: false,
            },
            cache: None,
        });
        pipelines.push((compiled, pipeline.clone()));
        pipeline
    }

    fn bind_group(
        &self,
        compiled: Compiled,
        pipeline: &wgpu::ComputePipeline,
        uniforms: &[u32],
        buffers: &[&Buffer],
    ) -> wgpu::BindGroup {
        let mut remembered = self.bind_groups.borrow_mut();
        let same = |bound: &&Bound| {
            bound.compiled == compiled
                && bound.buffers.iter().copied().eq(buffers.iter().map(|buffer| buffer.id))
                && bound.uniforms == uniforms
        };
        if let Some(bound) = remembered.iter().find(same) {
            return bound.bind_group.clone();
        }
        self.count(|counts| counts.bind_groups += 1);
        // padded to the size granularity of uniform buffers
        let mut words = uniforms.to_vec();
        words.resize(words.len().next_multiple_of(4), 0);
        let uniform = self.numbered(wgpu::BufferDescriptor {
            label: None,
            size: words.len() as u64 * WORD,
            usage: BufferUsages::UNIFORM | BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        self.queue.write_buffer(&uniform.inner, 0, bytemuck::cast_slice(&words));
        let all = std::iter::once(&uniform).chain(buffers.iter().copied());
        let entries: Vec<_> = (0..)
            .zip(all)
            .map(|(binding, buffer)| wgpu::BindGroupEntry {
                binding,
                resource: buffer.inner.as_entire_binding(),
            })
            .collect();
        let bind_group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        if remembered.len() >= MOST_BIND_GROUPS {
            remembered.clear();
        }
        let buffers = buffers.iter().map(|buffer| buffer.id).collect();
        let uniforms = uniforms.to_vec();
        remembered.push(Bound { compiled, uniforms, buffers, bind_group: bind_group.clone() });
        bind_group
    }

    /// Submits what was recorded, and resolves with the values of these buffers once the GPU has finished.
    ///
    /// # Errors
    /// [`Error::BackendLost`] if anything failed since the last read-back.
    pub(crate) async fn read_back(&self, buffers: &[&Lent]) -> Result<Vec<Vec<f32>>> {
        // an empty copy is invalid
        let bytes = buffers.iter().map(|buffer| buffer.bytes()).sum::<u64>().max(WORD);
        let landing = self.landing(bytes);
        self.submit(buffers, &landing);
        let (sender, landed) = oneshot::channel();
        landing.map_async(wgpu::MapMode::Read, .., move |result| {
            // the receiver is gone if the future was dropped
            let _ = sender.send(result);
        });
        let caught = self.scopes.borrow_mut().turn(&self.device);
        self.count(|counts| counts.read_backs += 1);
        // browsers poll by themselves; failures here are reported by the scopes, or by the mapping
        let _ = self.device.poll(wgpu::PollType::wait_indefinitely());
        let mapped = landed.await;
        caught.await?;
        let lost = |e: &dyn std::fmt::Display| Error::BackendLost(e.to_string());
        mapped.map_err(|e| lost(&e))?.map_err(|e| lost(&e))?;

        let view = landing.get_mapped_range(..).map_err(|e| lost(&e))?;
        let mut rest: &[u8] = &view;
        let mut values = Vec::with_capacity(buffers.len());
        for buffer in buffers {
            let (these, others) = rest.split_at(buffer.bytes() as usize);
            values.push(bytemuck::pod_collect_to_vec(these));
            rest = others;
        }
        drop(view);
        landing.unmap();
        self.landings.borrow_mut().push(landing);
        Ok(values)
    }

    fn landing(&self, bytes: u64) -> wgpu::Buffer {
        let mut landings = self.landings.borrow_mut();
        let place = landings.iter().position(|landing| landing.size() == bytes);
        place.map(|place| landings.swap_remove(place)).unwrap_or_else(|| {
            self.device.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size: bytes,
                usage: BufferUsages::MAP_READ | BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        })
    }

    /// Submits one encoder with one pass: everything recorded, then the copies.
    fn submit(&self, buffers: &[&Lent], landing: &wgpu::Buffer) {
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for Dispatch { pipeline, bind_group, grid: [x, y, z] } in self.recorded.borrow_mut().drain(..) {
                pass.set_pipeline(&pipeline);
                pass.set_bind_group(0, &bind_group, &[]);
                pass.dispatch_workgroups(x, y, z);
            }
        }
        let mut offset = 0;
        for buffer in buffers {
            encoder.copy_buffer_to_buffer(&buffer.inner, 0, landing, offset, buffer.bytes());
            offset += buffer.bytes();
        }
        self.queue.submit([encoder.finish()]);
        self.count(|counts| counts.submissions += 1);
        let mut pool = self.pool.borrow_mut();
        pool.recording += 1;
        if pool.trim() {
            // bind groups keep the buffers alive
            self.bind_groups.borrow_mut().clear();
        }
    }
}
