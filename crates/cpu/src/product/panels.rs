//! Weights packed in the order in which a tile reads them.

use crate::blocked::{BLOCK, blocks};

/// The terms of a sum: all input channels for every tap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    pub taps: usize,
    pub channels: usize,
}

impl Terms {
    pub(super) fn len(self) -> usize {
        self.taps * self.channels
    }
}

/// A weight matrix in panels of [`BLOCK`] outputs: `[panel, tap, channel, BLOCK]`. Outputs beyond the last
/// are zeros.
pub(crate) struct Panels {
    pub terms: Terms,
    pub outputs: usize,
    values: Vec<f32>,
}

impl Panels {
    /// Packs weights `[outputs, channels, taps]`, row-major.
    pub(crate) fn new(w: &[f32], terms: Terms) -> Self {
        let outputs = w.len() / terms.len();
        let mut panels = Self::zeros(outputs, terms);
        for (output, row) in w.chunks_exact(terms.len()).enumerate() {
            for (channel, of_taps) in row.chunks_exact(terms.taps).enumerate() {
                for (tap, &value) in of_taps.iter().enumerate() {
                    let at = panels.at(output, tap, channel);
                    panels.values[at] = value;
                }
            }
        }
        panels
    }

    /// The transpose for some of the taps: its outputs are the channels, its terms the outputs of those taps.
    pub(crate) fn transposed(&self, taps: &[usize]) -> Self {
        let mut transposed =
            Self::zeros(self.terms.channels, Terms { taps: taps.len(), channels: self.outputs });
        for (to_tap, &tap) in taps.iter().enumerate() {
            for channel in 0..self.terms.channels {
                for output in 0..self.outputs {
                    let at = transposed.at(channel, to_tap, output);
                    transposed.values[at] = self.values[self.at(output, tap, channel)];
                }
            }
        }
        transposed
    }

    fn zeros(outputs: usize, terms: Terms) -> Self {
        Self { terms, outputs, values: vec![0.0; outputs.next_multiple_of(BLOCK) * terms.len()] }
    }

    /// Index of a weight.
    #[inline(always)]
    fn at(&self, output: usize, tap: usize, channel: usize) -> usize {
        let term = tap * self.terms.channels + channel;
        (output / BLOCK * self.terms.len() + term) * BLOCK + output % BLOCK
    }

    /// Number of panels.
    pub(crate) fn len(&self) -> usize {
        blocks(self.outputs)
    }

    /// The weights of one block of outputs, by term.
    pub(crate) fn panel(&self, panel: usize) -> &[f32] {
        let size = self.terms.len() * BLOCK;
        &self.values[panel * size..][..size]
    }
}
