//! The input divided into square tiles, and their ranking by a map.

use crate::{Bilinear, Error, Result, Shape, order, random};

/// Square tiles of an input, counted row by row; tiles at the right and bottom edges may be smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tiling {
    height: usize,
    width: usize,
    side: usize,
}

/// Seed of the order of tiles with equal values: arbitrary, but reproducible.
const TIES_SEED: u64 = 1;

impl Tiling {
    /// Divides an input `[n, c, h, w]` into tiles of `side` pixels.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for a side of 0, or larger than the input's shorter side.
    pub fn new(input: Shape, side: usize) -> Result<Self> {
        let largest = input.h.min(input.w);
        if side == 0 || side > largest {
            return Err(Error::BadArgument(format!(
                "tile: a side of {side} pixels; it is 1 to {largest} on an input of {}x{}",
                input.h, input.w
            )));
        }
        Ok(Self { height: input.h, width: input.w, side })
    }

    /// Height and width of the input, in pixels.
    #[must_use]
    pub const fn size(&self) -> (usize, usize) {
        (self.height, self.width)
    }

    /// Number of tiles in a row.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.width.div_ceil(self.side)
    }

    /// Number of tiles; never 0.
    #[must_use]
    #[allow(clippy::len_without_is_empty)] // it would always be false
    pub const fn len(&self) -> usize {
        self.height.div_ceil(self.side) * self.columns()
    }

    /// A mask that is 1 at the pixels of these tiles, 0 elsewhere: `h·w` values, row by row. Tiles that do
    /// not exist are ignored.
    #[must_use]
    pub fn mask(&self, tiles: &[u32]) -> Vec<u8> {
        let mut of_tile = vec![0; self.len()];
        for &tile in tiles {
            of_tile.get_mut(tile as usize).into_iter().for_each(|mask| *mask = 1);
        }
        self.tile_of_pixels().map(|tile| of_tile[tile]).collect()
    }

    /// Ranks the tiles by the mean of the map over each, largest first. A map of one channel is upsampled
    /// bilinearly and keeps its sign; of several channels (`[1, c, h, w]`) the sum of magnitudes is used.
    /// `area` is the part of the input that the map covers: left, top, width and height in pixels; outside,
    /// its edge values are repeated.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for more than one map, an empty one, or an area without extent;
    /// [`Error::NotFinite`].
    pub fn ranking(&self, shape: Shape, map: &[f32], area: [f64; 4]) -> Result<Vec<u32>> {
        let shape = shape.checked("map")?;
        if shape.n != 1 || map.len() != shape.len() {
            return Err(Error::BadArgument(format!("map: {} values for {shape}; it is one map", map.len())));
        }
        let [left, top, width, height] = area;
        if !(left.is_finite() && top.is_finite() && width > 0.0 && height > 0.0) {
            return Err(Error::BadArgument(format!(
                "area: {area:?}; it is left, top, and a width and height above 0"
            )));
        }
        Error::check_finite("the map", map)?;
        let plane = if shape.c == 1 { map.to_vec() } else { magnitudes(map, shape.area()) };
        let laid =
            Bilinear::placed((shape.h, shape.w), (self.height, self.width), (top, height), (left, width));
        let heat = self.means(&laid.planes(&plane, 1));

        let mut tiles: Vec<u32> = random::orders(self.len(), 1, TIES_SEED).concat();
        let coldness: Vec<f64> = heat.iter().map(|heat| -heat).collect();
        order::by_rising(&coldness, &mut tiles);
        Ok(tiles)
    }

    /// The mean of `h·w` values over each tile.
    fn means(&self, values: &[f32]) -> Vec<f64> {
        let mut sums = vec![(0.0, 0usize); self.len()];
        for (tile, &value) in self.tile_of_pixels().zip(values) {
            sums[tile].0 += f64::from(value);
            sums[tile].1 += 1;
        }
        sums.into_iter().map(|(sum, pixels)| sum / pixels as f64).collect()
    }

    /// The tile of each pixel, row by row.
    fn tile_of_pixels(&self) -> impl Iterator<Item = usize> + use<> {
        let Self { height, width, side } = *self;
        let columns = self.columns();
        (0..height).flat_map(move |y| (0..width).map(move |x| y / side * columns + x / side))
    }
}

/// The sum of magnitudes over channels.
fn magnitudes(map: &[f32], area: usize) -> Vec<f32> {
    let mut sums = vec![0.0; area];
    for channel in map.chunks_exact(area) {
        sums.iter_mut().zip(channel).for_each(|(sum, v)| *sum += v.abs());
    }
    sums
}
