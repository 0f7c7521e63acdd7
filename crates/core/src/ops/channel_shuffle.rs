//! Channels of groups, interleaved: with `g` groups of `k = c / g` channels, `y_{i·g + j} = x_{j·k + i}`
//! (ShuffleNet; Zhang et al. 2018). Its vjp is the inverse permutation. Kept: nothing.

use super::{Back, Fields, Forward, IndexMap, Keeps, Kept, Operation, no_parameters, one};
use crate::{Backend, Error, Result, Shape};

/// Parameters of a channel shuffle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChannelShuffle {
    /// Number of groups, a divisor of the number of channels.
    pub groups: usize,
}

impl ChannelShuffle {
    fn map(self, x: Shape) -> IndexMap {
        let of_group = x.c / self.groups.max(1);
        let from = move |to: usize| to % self.groups * of_group + to / self.groups;
        IndexMap::of_channels(x, (0..x.c).map(from))
    }
}

impl Operation for ChannelShuffle {
    no_parameters!();

    const KINDS: &'static [Self] = &[Self { groups: 1 }];

    fn name(&self) -> &'static str {
        "channel_shuffle"
    }

    fn fields(&mut self, fields: &mut dyn Fields) {
        fields.number("groups", &mut self.groups);
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let x = *one(inputs)?;
        if self.groups == 0 || x.c % self.groups != 0 {
            return Err(Error::BadShape {
                what: "groups".into(),
                given: format!("{} for {} channels", self.groups, x.c),
                needed: "a divisor of the channels".into(),
            });
        }
        Ok(x)
    }

    fn keeps(&self) -> Keeps {
        Keeps::NOTHING
    }

    fn keeps_positions(&self) -> bool {
        true
    }

    fn forward<B: Backend>(
        &self,
        backend: &B,
        (): &(),
        inputs: &[B::Tensor],
        y: Shape,
    ) -> Result<Forward<B>> {
        Ok(Forward::of(backend.gather(one(inputs)?, &self.map(y))?))
    }

    // y = x, channels in another order
    fn vjp<B: Backend>(
        &self,
        backend: &B,
        (): &(),
        kept: &Kept<'_, B>,
        back: Back<'_, B>,
    ) -> Result<B::Tensor> {
        backend.scatter(back.dy, &self.map(kept.shape(0)?))
    }
}
