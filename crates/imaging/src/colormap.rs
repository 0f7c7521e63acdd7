//! Colour maps: intensity to colour.

use std::fmt;
use std::str::FromStr;

use crate::candlelight;
use crate::error::{Error, Result};
use crate::tables::{INFERNO, JET, TURBO, VIRIDIS};

/// A colour map. All but `candle` are matplotlib's of that name, in 256 steps.
///
/// Inferno and viridis are perceptually uniform: equal steps of the value look like equal steps. Turbo is a
/// smoother rainbow. `jet` is not uniform and shows edges where there are none; it is here for comparison
/// with older pictures. `candle` is our own, and the only one that also depends on the photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Colormap {
    /// Google's improved rainbow (Mikhailov 2019).
    #[default]
    Turbo,
    /// Black through red to pale yellow (Smith and van der Walt 2015).
    Inferno,
    /// Violet through green to yellow (Smith and van der Walt 2015).
    Viridis,
    /// The old rainbow.
    Jet,
    /// Warm light on a darkened photo: places with evidence are lit, the rest stays dark, and the photo keeps
    /// its own colours.
    Candle,
}

impl Colormap {
    /// All colour maps.
    pub const ALL: [Self; 5] = [Self::Turbo, Self::Inferno, Self::Viridis, Self::Jet, Self::Candle];

    /// The name: `turbo`, `inferno`, `viridis`, `jet` or `candle`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Turbo => "turbo",
            Self::Inferno => "inferno",
            Self::Viridis => "viridis",
            Self::Jet => "jet",
            Self::Candle => "candle",
        }
    }

    /// The default opacity over a photo, 0 to 1: opaque colours have to let the photo through, `candle` does
    /// so by itself.
    pub fn usual_opacity(self) -> f32 {
        match self {
            Self::Candle => 0.95,
            _ => 0.5,
        }
    }

    /// The colour of an intensity `t` in [0, 1], RGBA with straight alpha; values outside count as the nearer
    /// end, NaN as 0.
    ///
    /// The range is cut into 256 equal steps, as in matplotlib. All colour maps but `candle` are opaque;
    /// `candle` is given as over uniform grey.
    pub fn rgba(self, t: f32) -> [u8; 4] {
        // `as` saturates and takes NaN to 0
        let index = (t * 256.0) as u8;
        let table = match self {
            Self::Turbo => &TURBO,
            Self::Inferno => &INFERNO,
            Self::Viridis => &VIRIDIS,
            Self::Jet => &JET,
            Self::Candle => return candlelight::rgba(index),
        };
        let [_, r, g, b] = table[usize::from(index)].to_be_bytes();
        [r, g, b, u8::MAX]
    }
}

impl fmt::Display for Colormap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Colormap {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|map| map.name() == name).ok_or_else(|| {
            Error::BadArgument(format!(
                "unknown colormap `{name}`; give one of {}",
                Self::ALL.map(Self::name).join(", ")
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_beyond() {
        assert_eq!(Colormap::Turbo.rgba(0.0), [48, 18, 59, 255]);
        assert_eq!(Colormap::Turbo.rgba(1.0), [122, 4, 3, 255]);
        assert_eq!(Colormap::Viridis.rgba(0.0), [68, 1, 84, 255]);
        assert_eq!(Colormap::Viridis.rgba(1.0), [253, 231, 37, 255]);
        assert_eq!(Colormap::Inferno.rgba(0.0), [0, 0, 4, 255]);
        assert_eq!(Colormap::Inferno.rgba(1.0), [252, 255, 164, 255]);
        assert_eq!(Colormap::Jet.rgba(0.0), [0, 0, 128, 255]);
        assert_eq!(Colormap::Jet.rgba(1.0), [128, 0, 0, 255]);
        for map in Colormap::ALL {
            for below in [-1.0, f32::NEG_INFINITY, f32::NAN] {
                assert_eq!(map.rgba(below), map.rgba(0.0), "{map}");
            }
            for above in [1.5, f32::INFINITY] {
                assert_eq!(map.rgba(above), map.rgba(1.0), "{map}");
            }
        }
    }

    #[test]
    fn colormaps_are_named() {
        for map in Colormap::ALL {
            assert_eq!(map.name().parse(), Ok(map));
        }
        assert_eq!(
            "rainbow".parse::<Colormap>().map_err(|e| e.to_string()),
            Err("unknown colormap `rainbow`; give one of turbo, inferno, viridis, jet, candle".into())
        );
    }
}
