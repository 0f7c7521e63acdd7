//! Index maps, one per axis: `y[n, c, i, j] = x[n, channels[c], rows[i], columns[j]]`. Slicing channels,
//! padding, shuffling, reflection and nearest-neighbour resizing are of this kind.

use crate::Shape;

/// The source channel, row and column in `x` for every channel, row and column of `y`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexMap {
    /// The shape of `x`.
    pub x: Shape,
    /// Indices of channels, rows and columns; [`NOTHING`](Self::NOTHING) where `y` is 0.
    pub axes: [Vec<u32>; 3],
}

impl IndexMap {
    /// Marks a value without a source, which is 0.
    pub const NOTHING: u32 = u32::MAX;

    /// A selection of channels, in this order, with all positions.
    pub(crate) fn of_channels(x: Shape, channels: impl Iterator<Item = usize>) -> Self {
        // shapes have at most 2²⁸ elements
        let channels = channels.map(|c| c as u32).collect();
        Self { x, axes: [channels, (0..x.h as u32).collect(), (0..x.w as u32).collect()] }
    }

    /// The shape of `y`.
    #[must_use]
    pub fn y(&self) -> Shape {
        let [c, h, w] = self.axes.each_ref().map(Vec::len);
        Shape::new(self.x.n, c, h, w)
    }

    /// The source of every position of `y`, row-major, as an index into a plane of `x`; `None` where `y` is
    /// 0.
    pub fn positions(&self) -> impl Iterator<Item = Option<usize>> + '_ {
        let [_, rows, columns] = &self.axes;
        rows.iter().flat_map(move |&row| {
            columns.iter().map(move |&column| {
                let there = row != Self::NOTHING && column != Self::NOTHING;
                there.then(|| row as usize * self.x.w + column as usize)
            })
        })
    }

    /// The channels of `y` that have a source, each with its source channel in `x`.
    pub fn channels(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let channels = self.axes[0].iter().enumerate();
        channels.filter(|(_, c)| **c != Self::NOTHING).map(|(to, &from)| (to, from as usize))
    }
}
