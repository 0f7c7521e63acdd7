//! The layout of an activation: channels in blocks of eight, `[n, ⌈c / 8⌉, h, w, 8]`, in a candle tensor.
//!
//! The eight channels of a position lie side by side and fill whole vectors, whatever the picture's width; the positions of
//! a block follow each other, so that a kernel walks through memory. A matrix product reads `x` where it lies and writes
//! `y` where it belongs, with nothing packed in between; a depthwise convolution is the same in every lane, without shifts
//! and remainders. (Georganas et al. 2018 lay out activations so; XNNPACK's NHWC has the first property, not the second:
//! neighbouring positions are a whole row of channels apart.) Lanes beyond the last channel are zeros, or what a network
//! that overflows makes of zeros.

use candle_core::{CpuStorage, Device, Storage, Tensor};
use candling_core::{Error, Result, Shape};

use crate::parallel::{self, Place, written};

/// Channels in a block.
pub(crate) const BLOCK: usize = 8;

/// Positions of a piece, which one task lays out: 32 KiB, which the first-level cache holds.
const CHUNK: usize = 1 << 10;

/// An activation on the CPU; cheap to clone.
#[derive(Debug, Clone)]
pub struct Blocked {
    tensor: Tensor,
    channels: usize,
}

/// Blocks that hold so many channels.
pub(crate) fn blocks(channels: usize) -> usize {
    channels.div_ceil(BLOCK)
}

/// Values in a tensor of this shape, those beyond the last channel included.
pub(crate) fn size(s: Shape) -> usize {
    s.n * blocks(s.c) * s.area() * BLOCK
}

/// One value a channel, zeros up to a whole block.
pub(crate) fn padded(values: &[f32]) -> Vec<f32> {
    let mut padded = values.to_vec();
    padded.resize(blocks(values.len()) * BLOCK, 0.0);
    padded
}

impl Blocked {
    /// Takes over the values, without a copy.
    pub(crate) fn new(s: Shape, values: Vec<f32>) -> Result<Self> {
        let (dims, given) = ((s.n, blocks(s.c), s.h, s.w, BLOCK), values.len());
        // candle's own words would bring std's backtraces along, a tenth of the engine that a page fetches.
        let tensor = Tensor::from_vec(values, dims, &Device::Cpu).map_err(|_| {
            Error::Backend(format!("{given} values do not fill blocks of {s}, which hold {}", size(s)))
        })?;
        Ok(Self { tensor, channels: s.c })
    }

    /// From row-major NCHW values.
    pub(crate) fn from_planar(s: Shape, planar: &[f32]) -> Result<Self> {
        let area = s.area();
        let write = |values: Place| {
            each_piece(s, |piece| {
                // SAFETY: these positions of this block are this piece's.
                let values = unsafe { values.zeros(piece.blocked, piece.positions * BLOCK) };
                let planes = planar[piece.planar..].chunks(area).take(piece.channels);
                for (lane, plane) in planes.enumerate() {
                    let lanes = values.as_chunks_mut::<BLOCK>().0.iter_mut();
                    lanes.zip(plane).for_each(|(to, &v)| to[lane] = v);
                }
            });
        };
        // SAFETY: every position of every block.
        Self::new(s, unsafe { written(size(s), write) })
    }

    /// Row-major NCHW values.
    pub(crate) fn to_planar(&self) -> Result<Vec<f32>> {
        let s = self.shape();
        let area = s.area();
        let write = |values: &[f32], planar: Place| {
            each_piece(s, |piece| {
                let values = values[piece.blocked..][..piece.positions * BLOCK].as_chunks::<BLOCK>().0;
                for lane in 0..piece.channels {
                    let plane = piece.planar + lane * area;
                    for (i, lanes) in values.iter().enumerate() {
                        // SAFETY: these positions of this channel are this piece's.
                        unsafe { planar.at(plane + i).write(lanes[lane]) };
                    }
                }
            });
        };
        // SAFETY: every position of every channel.
        self.read(|values| unsafe { written(s.len(), |planar| write(values, planar)) })
    }

    /// The logical shape.
    pub(crate) fn shape(&self) -> Shape {
        match *self.tensor.dims() {
            [n, _, h, w, _] => Shape::new(n, self.channels, h, w),
            _ => Shape::vector(1, self.channels), // `new` makes no others
        }
    }

    /// Lends the values in their layout.
    pub(crate) fn read<R>(&self, f: impl FnOnce(&[f32]) -> R) -> Result<R> {
        let (storage, layout) = self.tensor.storage_and_layout();
        match (&*storage, layout.contiguous_offsets()) {
            (Storage::Cpu(CpuStorage::F32(values)), Some((start, end))) => Ok(f(&values[start..end])),
            _ => Err(Error::Backend("expected contiguous f32 values on the CPU".into())),
        }
    }
}

/// Some positions of a block of channels.
struct Piece {
    positions: usize,
    channels: usize,
    /// Where they begin among blocks, and the first channel's among planes.
    blocked: usize,
    planar: usize,
}

/// Calls `f` with every piece of a tensor, on all threads.
fn each_piece(s: Shape, f: impl Fn(Piece) + Sync) {
    let (area, of_channels) = (s.area(), blocks(s.c));
    let chunks = area.div_ceil(CHUNK);
    parallel::for_each(
        s.n * of_channels * chunks,
        || (),
        |(), task| {
            let (block, start) = (task / chunks, task % chunks * CHUNK);
            let (picture, first) = (block / of_channels, block % of_channels * BLOCK);
            f(Piece {
                positions: CHUNK.min(area - start),
                channels: BLOCK.min(s.c - first),
                blocked: (block * area + start) * BLOCK,
                planar: (picture * s.c + first) * area + start,
            });
        },
    );
}

/// The largest buffer that a kernel works in: 512 MiB. Larger ones come from windows that no network has, for example a
/// stride of thousands.
const MAX_WORKSPACE: usize = 1 << 27;

/// Whether a kernel may work in a buffer of these extents.
///
/// # Errors
/// [`Error::BadShape`].
pub(crate) fn workspace(extents: &[usize]) -> Result<()> {
    let elements = extents.iter().try_fold(1usize, |n, &extent| n.checked_mul(extent));
    if elements.is_some_and(|n| n <= MAX_WORKSPACE) {
        return Ok(());
    }
    Err(Error::BadShape {
        what: "the buffer that this window works in".into(),
        given: extents.iter().map(ToString::to_string).collect::<Vec<_>>().join("x"),
        needed: format!("at most {MAX_WORKSPACE} elements"),
    })
}
