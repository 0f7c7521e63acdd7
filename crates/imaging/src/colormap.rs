//! Intensity to colour.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::tables::{INFERNO, JET, TURBO, VIRIDIS};

/// A scale of 256 colours, the same as matplotlib's of that name.
///
/// The first three are perceptual: equal steps of the value look like equal steps. `jet` is not, and shows edges where
/// there are none; it is here for those who compare with older pictures.
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
}

impl Colormap {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Turbo, Self::Inferno, Self::Viridis, Self::Jet];

    /// Its name: `turbo`, `inferno`, `viridis` or `jet`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Turbo => "turbo",
            Self::Inferno => "inferno",
            Self::Viridis => "viridis",
            Self::Jet => "jet",
        }
    }

    /// The colour, RGB, of an intensity `t` in [0, 1]; what is outside counts as the nearer end, NaN as 0.
    ///
    /// The scale is cut into 256 equal steps, as matplotlib does.
    pub fn rgb(self, t: f32) -> [u8; 3] {
        let table = match self {
            Self::Turbo => &TURBO,
            Self::Inferno => &INFERNO,
            Self::Viridis => &VIRIDIS,
            Self::Jet => &JET,
        };
        // `as` saturates and takes NaN to 0
        let index = (t * 256.0) as u8;
        let [_, r, g, b] = table[usize::from(index)].to_be_bytes();
        [r, g, b]
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
        assert_eq!(Colormap::Turbo.rgb(0.0), [48, 18, 59]);
        assert_eq!(Colormap::Turbo.rgb(1.0), [122, 4, 3]);
        assert_eq!(Colormap::Viridis.rgb(0.0), [68, 1, 84]);
        assert_eq!(Colormap::Viridis.rgb(1.0), [253, 231, 37]);
        assert_eq!(Colormap::Inferno.rgb(0.0), [0, 0, 4]);
        assert_eq!(Colormap::Inferno.rgb(1.0), [252, 255, 164]);
        assert_eq!(Colormap::Jet.rgb(0.0), [0, 0, 128]);
        assert_eq!(Colormap::Jet.rgb(1.0), [128, 0, 0]);
        for map in Colormap::ALL {
            for below in [-1.0, f32::NEG_INFINITY, f32::NAN] {
                assert_eq!(map.rgb(below), map.rgb(0.0), "{map}");
            }
            for above in [1.5, f32::INFINITY] {
                assert_eq!(map.rgb(above), map.rgb(1.0), "{map}");
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
            Err("unknown colormap `rainbow`; give one of turbo, inferno, viridis, jet".into())
        );
    }
}
