//! Values that move, axis by axis: `y[n, c, i, j] = x[n, channels[c], rows[i], columns[j]]`. A part of the channels, padding, a
//! shuffle, a reflection, the nearest neighbour of a larger picture are all of this kind.

use crate::Shape;

/// For every channel, row and column of `y` that of `x`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexMap {
    /// The shape of `x`.
    pub x: Shape,
    /// Channels, rows and columns; [`NOTHING`](Self::NOTHING) where `y` is 0.
    pub axes: [Vec<u32>; 3],
}

impl IndexMap {
    /// Stands for a value that is not there, and is 0.
    pub const NOTHING: u32 = u32::MAX;

    /// These channels, in this order, at all positions.
    pub(crate) fn of_channels(x: Shape, channels: impl Iterator<Item = usize>) -> Self {
        // Shapes have at most 2²⁸ elements.
        let channels = channels.map(|c| c as u32).collect();
        Self { x, axes: [channels, (0..x.h as u32).collect(), (0..x.w as u32).collect()] }
    }

    /// The shape of `y`.
    #[must_use]
    pub fn y(&self) -> Shape {
        let [c, h, w] = self.axes.each_ref().map(Vec::len);
        Shape::new(self.x.n, c, h, w)
    }

    /// For every position of `y`, row-major, that of `x` within a plane; none where it is not there.
    pub fn positions(&self) -> impl Iterator<Item = Option<usize>> + '_ {
        let [_, rows, columns] = &self.axes;
        rows.iter().flat_map(move |&row| {
            columns.iter().map(move |&column| {
                let there = row != Self::NOTHING && column != Self::NOTHING;
                there.then(|| row as usize * self.x.w + column as usize)
            })
        })
    }

    /// The channels of `y` that are there, each with that of `x`.
    pub fn channels(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let channels = self.axes[0].iter().enumerate();
        channels.filter(|(_, c)| **c != Self::NOTHING).map(|(to, &from)| (to, from as usize))
    }
}
