//! Weights in the order in which a tile needs them.

use crate::blocked::{BLOCK, blocks};

/// The terms of a sum: for every tap all input channels, which come in blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    pub taps: usize,
    pub channels: usize,
}

impl Terms {
    /// Blocks of `x` that they read.
    pub(crate) fn blocks(self) -> usize {
        self.taps * blocks(self.channels)
    }

    fn len(self) -> usize {
        self.taps * self.channels
    }
}

/// A weight matrix in panels of [`BLOCK`] outputs, each with its values by term: `[panel, tap, channel, BLOCK]`. Outputs
/// beyond the last are zeros.
pub(crate) struct Panels {
    pub terms: Terms,
    values: Vec<f32>,
}

impl Panels {
    /// Packs `[outputs, channels, taps]`, row-major.
    pub(crate) fn new(w: &[f32], terms: Terms) -> Self {
        let outputs = w.len() / terms.len();
        let mut values = vec![0.0; outputs.next_multiple_of(BLOCK) * terms.len()];
        let panels = values.chunks_exact_mut(terms.len() * BLOCK).zip(w.chunks(BLOCK * terms.len()));
        for (panel, rows) in panels {
            for (lane, row) in rows.chunks_exact(terms.len()).enumerate() {
                for (channel, of_taps) in row.chunks_exact(terms.taps).enumerate() {
                    for (tap, &value) in of_taps.iter().enumerate() {
                        panel[(tap * terms.channels + channel) * BLOCK + lane] = value;
                    }
                }
            }
        }
        Self { terms, values }
    }

    /// The transpose: a panel for every tap and block of input channels, in that order, its terms the outputs.
    pub(crate) fn transposed(&self, outputs: usize) -> Self {
        let Terms { taps, channels } = self.terms;
        let terms = Terms { taps: 1, channels: outputs };
        let mut values = vec![0.0; self.terms.blocks() * outputs * BLOCK];
        let mut panels = values.chunks_exact_mut(outputs * BLOCK);
        for tap in 0..taps {
            for (first, panel) in (0..channels).step_by(BLOCK).zip(&mut panels) {
                let width = BLOCK.min(channels - first);
                for (output, to) in panel.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
                    let from =
                        &self.panel(output / BLOCK)[(tap * channels + first) * BLOCK + output % BLOCK..];
                    let from = from.iter().step_by(BLOCK);
                    to[..width].iter_mut().zip(from).for_each(|(to, &v)| *to = v);
                }
            }
        }
        Self { terms, values }
    }

    /// How many panels there are.
    pub(crate) fn len(&self) -> usize {
        self.values.len() / (self.terms.len() * BLOCK)
    }

    /// The weights of one block of outputs, by term.
    pub(crate) fn panel(&self, panel: usize) -> &[f32] {
        let size = self.terms.len() * BLOCK;
        &self.values[panel * size..][..size]
    }
}
