//! The blocked layout of activations: channels in blocks of eight, `[n, ⌈c / 8⌉, h, w, 8]`, in a candle
//! tensor.
//!
//! The eight channels of a position are contiguous and fill whole vector registers, whatever the width of the
//! picture; the positions of a block are contiguous too, so that a kernel reads memory in order. A matrix
//! product reads `x` and writes `y` in place, without packing; a depthwise convolution does the same in every
//! lane, without shifts and remainders. (Georganas et al. 2018 use this layout; XNNPACK's NHWC has the first
//! property, not the second: neighbouring positions are all channels apart.) Lanes beyond the last channel
//! contain zeros, or what a network that overflows makes of zeros.

use candle_core::{CpuStorage, Device, Storage, Tensor};
use candling_core::{Error, Result, Shape};

use crate::parallel::{self, SharedSlice, written};

/// Channels in a block.
pub(crate) const BLOCK: usize = 8;

/// Positions that one task converts: 32 KiB, which fits the first-level cache.
const CHUNK: usize = 1 << 10;

/// An activation on the CPU; cheap to clone.
#[derive(Debug, Clone)]
pub struct Blocked {
    tensor: Tensor,
    channels: usize,
}

/// Number of blocks that hold this many channels.
pub(crate) fn blocks(channels: usize) -> usize {
    channels.div_ceil(BLOCK)
}

/// Number of values in a tensor of this shape, including lanes beyond the last channel.
pub(crate) fn size(s: Shape) -> usize {
    s.n * blocks(s.c) * s.area() * BLOCK
}

/// Pads values, one per channel, with zeros to a whole block.
pub(crate) fn padded(values: &[f32]) -> Vec<f32> {
    let mut padded = values.to_vec();
    padded.resize(blocks(values.len()) * BLOCK, 0.0);
    padded
}

impl Blocked {
    /// Takes ownership of the values without copying them.
    pub(crate) fn new(s: Shape, values: Vec<f32>) -> Result<Self> {
        let (dims, given) = ((s.n, blocks(s.c), s.h, s.w, BLOCK), values.len());
        // candle's own error would pull in std's backtraces, a tenth of the engine that a page fetches
        let tensor = Tensor::from_vec(values, dims, &Device::Cpu).map_err(|_| {
            Error::Backend(format!("{given} values do not fill blocks of {s}, which hold {}", size(s)))
        })?;
        Ok(Self { tensor, channels: s.c })
    }

    /// Converts row-major NCHW values to the blocked layout.
    pub(crate) fn from_planar(s: Shape, planar: &[f32]) -> Result<Self> {
        let area = s.area();
        let write = |values: SharedSlice| {
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
        // SAFETY: all positions of all blocks are written.
        Self::new(s, unsafe { written(size(s), write) })
    }

    /// Converts to row-major NCHW values.
    pub(crate) fn to_planar(&self) -> Result<Vec<f32>> {
        let s = self.shape();
        let area = s.area();
        let write = |values: &[f32], planar: SharedSlice| {
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
        // SAFETY: all positions of all channels are written.
        self.read(|values| unsafe { written(s.len(), |planar| write(values, planar)) })
    }

    /// The logical shape, without padding.
    pub(crate) fn shape(&self) -> Shape {
        match *self.tensor.dims() {
            [n, _, h, w, _] => Shape::new(n, self.channels, h, w),
            _ => Shape::vector(1, self.channels), // `new` makes no others
        }
    }

    /// Calls `f` with the values in the blocked layout.
    pub(crate) fn read<R>(&self, f: impl FnOnce(&[f32]) -> R) -> Result<R> {
        let (storage, layout) = self.tensor.storage_and_layout();
        match (&*storage, layout.contiguous_offsets()) {
            (Storage::Cpu(CpuStorage::F32(values)), Some((start, end))) => Ok(f(&values[start..end])),
            _ => Err(Error::Backend("expected contiguous f32 values on the CPU".into())),
        }
    }
}

/// A range of positions in a block of channels.
struct Piece {
    positions: usize,
    channels: usize,
    /// Offset of the first position in the blocked layout, and of its first channel in NCHW.
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

/// Largest number of values in the buffer of a kernel: 512 MiB. Larger ones come from windows that no real
/// network has, for example a stride of thousands.
const MAX_WORKSPACE: usize = 1 << 27;

/// Checks that a buffer of these extents is not too large.
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
