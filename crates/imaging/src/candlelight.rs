//! The colour map `candle`: the photo lit where the evidence is, as an egg is held to the light.
//!
//! Other colour maps paint over the photo and so hide what they point at. This one changes the light that
//! falls on the photo:
//!
//! - a **veil** darkens the photo where there is no evidence, but never to black;
//! - a **glow** adds warm light where there is evidence, dim for little and bright for most.
//!
//! Their strength depends on the photo at each place. The veil darkens what is brighter than [`DIM`] down to
//! it, and what is darker only a little. The glow lifts the hottest place to [`LIT`] and warms it to
//! [`WARM`], so that it is neither dark on a night photo nor blue on a blue one. Over a bright and warm photo
//! it does hardly anything, and the photo keeps its own colours.
//!
//! Light multiplies what it falls on. The glow is therefore lighter where the photo is lighter than its
//! neighbourhood ([`GRID`]), and darker where it is darker: a dark photo is lit, not covered with fog.
//!
//! All numbers are display levels, 0 to 255. They were chosen on the sheet of hard photos (`just sheet`), and
//! `tests/readable` asserts what they achieve.

use candling_core::Bilinear;

use crate::backdrop::Backdrop;
use crate::error::Result;
use crate::resize::resize;
use crate::view::Rect;

/// The colour of the veil, a room without light.
const NIGHT: [f32; 3] = [14.0, 9.0, 5.0];

/// Luma to which a place without evidence is darkened; about L* 13, which paper still shows.
const DIM: f32 = 34.0;

/// Least and greatest alpha of the veil where there is no evidence: less would not be seen on a dark photo,
/// more would hide a bright one.
const VEIL: (f32, f32) = (0.35, 0.84);

/// Luma to which the hottest place is lifted; about L* 64.
const LIT: f32 = 160.0;

/// Red minus blue to which the hottest place is warmed.
const WARM: f32 = 40.0;

/// Least and greatest alpha of the glow at the hottest place: less would not be seen, more would hide what is
/// lit.
const GLOW: (f32, f32) = (0.14, 0.66);

/// Alpha of the glow at the second stop of [`STOPS`] (`SMOULDER`) and at the third: `EMBER_SHARE` of that at
/// the hottest place, but at least `EMBER`.
const SMOULDER: f32 = 0.26;
const EMBER: f32 = 0.28;
const EMBER_SHARE: f32 = 0.8;

const FLAME: [f32; 3] = [255.0, 200.0, 110.0];

/// Intensity, share of the veil and colour of the glow at each stop; linear in between.
const STOPS: [(f32, f32, [f32; 3]); 4] = [
    (0.0, 1.0, [120.0, 48.0, 12.0]),
    (0.35, 0.72, [190.0, 88.0, 26.0]),
    (0.65, 0.35, [236.0, 132.0, 44.0]),
    (1.0, 0.0, FLAME),
];

/// Cells across and down in which the photo's brightness is averaged.
const GRID: u32 = 16;

/// Least and greatest factor by which the glow follows the photo's brightness relative to its neighbourhood.
const SHADE: (f32, f32) = (0.6, 1.5);

/// Levels added before that ratio is taken; otherwise the noise of a black photo would be lit.
const NOISE: f32 = 6.0;

/// Luma of Rec. 601.
fn luma([r, g, b]: [f32; 3]) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

/// Alpha of the veil over the colour `under`, where there is no evidence.
fn veil(under: [f32; 3]) -> f32 {
    (1.0 - DIM / luma(under).max(1.0)).clamp(VEIL.0, VEIL.1)
}

/// Alpha of the flame at the hottest place: `under` and `FLAME` mixed by it reach [`LIT`] and [`WARM`],
/// within the limits of [`GLOW`].
fn glow(under: [f32; 3]) -> f32 {
    let warmth = |[r, _, b]: [f32; 3]| r - b;
    let needed = |is: f32, wanted: f32, flame: f32| ((wanted - is) / (flame - is)).max(0.0);
    let lift = if luma(under) < LIT { needed(luma(under), LIT, luma(FLAME)) } else { 0.0 };
    let warming = if warmth(under) < WARM { needed(warmth(under), WARM, warmth(FLAME)) } else { 0.0 };
    lift.max(warming).clamp(GLOW.0, GLOW.1)
}

/// The parameters of the light at one place of the photo.
#[derive(Debug, Clone, Copy)]
struct LocalLight {
    veil: f32,
    glow: f32,
    /// Brightness of the photo relative to its neighbourhood, within [`SHADE`].
    shade: f32,
}

impl LocalLight {
    /// A photo of one colour.
    fn even(under: [f32; 3]) -> Self {
        Self { veil: veil(under), glow: glow(under), shade: 1.0 }
    }
}

/// The parameters of the light at one intensity.
#[derive(Debug, Clone, Copy, Default)]
struct LightLevel {
    veil: f32,
    colour: [f32; 3],
    /// Weights of the three alphas whose sum is the alpha of the glow: smoulder, ember and flame.
    smoulder: f32,
    ember: f32,
    flame: f32,
}

impl LightLevel {
    fn at(t: f32) -> Self {
        let mut step = Self::default();
        for (index, pair) in STOPS.windows(2).enumerate() {
            if let [(from, veil, low), (to, next, high)] = pair
                && t >= *from
            {
                let along = ((t - from) / (to - from)).min(1.0);
                let between = |low: f32, high: f32| low + along * (high - low);
                step.veil = between(*veil, *next);
                step.colour = std::array::from_fn(|i| between(low[i], high[i]));
                (step.smoulder, step.ember, step.flame) = match index {
                    0 => (along, 0.0, 0.0),
                    1 => (1.0 - along, along, 0.0),
                    _ => (0.0, 1.0 - along, along),
                };
            }
        }
        step
    }

    /// The veil with the glow over it: a colour of 0 to 255, and an alpha of 0 to 1.
    fn over(&self, LocalLight { veil, glow, shade }: LocalLight) -> ([f32; 3], f32) {
        let ember = EMBER.max(EMBER_SHARE * glow);
        let glow = self.smoulder * SMOULDER + self.ember * ember + self.flame * glow;
        let veil = self.veil * veil * (1.0 - glow);
        let alpha = veil + glow;
        if alpha <= 0.0 {
            return (self.colour, 0.0);
        }
        let mix = |night: f32, light: f32| (veil * night + glow * (light * shade).min(255.0)) / alpha;
        (std::array::from_fn(|i| mix(NIGHT[i], self.colour[i])), alpha)
    }
}

/// The colour of step `index` of 256 over uniform grey, RGBA with straight alpha.
pub(crate) fn rgba(index: u8) -> [u8; 4] {
    packed(LightLevel::at(f32::from(index) / 255.0).over(LocalLight::even([128.0; 3])), 1.0)
}

/// The index of the step of 256 for an intensity `t`; below 0 and NaN give the first, above 1 the last.
fn step_of(t: f32) -> usize {
    // `as` saturates and takes NaN to 0
    usize::from((t * 256.0) as u8)
}

fn packed(([r, g, b], alpha): ([f32; 3], f32), opacity: f32) -> [u8; 4] {
    // to nearest, as `as` cuts off
    let level = |value: f32| (value + 0.5) as u8;
    [level(r), level(g), level(b), level(255.0 * alpha * opacity)]
}

/// The light over a photo, ready to paint rows of a picture of one size.
pub(crate) struct Candlelight {
    steps: Vec<LightLevel>,
    opacity: f32,
    veils: Vec<f32>,
    glows: Vec<f32>,
    shades: Vec<f32>,
    coarse: Bilinear,
    fine: Bilinear,
    row: [Vec<f32>; 3],
}

impl Candlelight {
    /// Light for a map of the given output size, over uniform grey where there is no backdrop.
    pub(crate) fn new(
        backdrop: Option<&Backdrop>,
        (out_width, out_height): (u32, u32),
        opacity: f32,
    ) -> Result<Self> {
        let grey;
        let backdrop = match backdrop {
            Some(backdrop) => backdrop,
            None => {
                grey = Backdrop::grey();
                &grey
            }
        };
        let Backdrop { rgba, width, height, area: [left, top, across, down] } = backdrop;
        let whole = Rect { x: 0, y: 0, width: *width, height: *height };
        let cells: Vec<[f32; 3]> = colours(&resize(rgba, *width, *height, whole, GRID, GRID)?).collect();
        // the backdrop is placed so that the map's area fills the output
        let (to, sides) = ((out_height as usize, out_width as usize), (*height as usize, *width as usize));
        let per_column = f64::from(out_width) / across;
        let per_row = f64::from(out_height) / down;
        let placed = |from| {
            let rows = (-top * per_row, f64::from(*height) * per_row);
            let columns = (-left * per_column, f64::from(*width) * per_column);
            Bilinear::placed(from, to, rows, columns)
        };
        let grid = (GRID as usize, GRID as usize);
        let usual: Vec<f32> = cells.iter().copied().map(luma).collect();
        let nearby = Bilinear::new(grid, sides).planes(&usual, 1);
        let shade = |(here, nearby): ([f32; 3], f32)| {
            ((luma(here) + NOISE) / (nearby + NOISE)).clamp(SHADE.0, SHADE.1)
        };
        Ok(Self {
            steps: (0..=255u8).map(|step| LightLevel::at(f32::from(step) / 255.0)).collect(),
            opacity,
            veils: cells.iter().copied().map(veil).collect(),
            glows: cells.iter().copied().map(glow).collect(),
            shades: colours(rgba).zip(nearby).map(shade).collect(),
            coarse: placed(grid),
            fine: placed(sides),
            row: std::array::from_fn(|_| vec![0.0; to.1]),
        })
    }

    /// Row `y` of the picture, from the intensities in it.
    pub(crate) fn paint(&mut self, y: usize, intensities: &[f32], out: &mut Vec<u8>) {
        let [veils, glows, shades] = &mut self.row;
        self.coarse.row(&self.veils, y, veils);
        self.coarse.row(&self.glows, y, glows);
        self.fine.row(&self.shades, y, shades);
        let places = veils.iter().zip(glows.iter()).zip(shades.iter());
        for (&t, ((&veil, &glow), &shade)) in intensities.iter().zip(places) {
            let step = self.steps.get(step_of(t)).copied().unwrap_or_default();
            out.extend(packed(step.over(LocalLight { veil, glow, shade }), self.opacity));
        }
    }
}

fn colours(rgba: &[u8]) -> impl Iterator<Item = [f32; 3]> {
    rgba.as_chunks::<4>().0.iter().map(|&[r, g, b, _]| [r, g, b].map(f32::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Photos of one colour each: all colours in steps of 32 levels.
    fn colours() -> impl Iterator<Item = [f32; 3]> {
        let levels = || (0..=8u8).map(|level| (f32::from(level) * 32.0).min(255.0));
        levels().flat_map(move |r| levels().flat_map(move |g| levels().map(move |b| [r, g, b])))
    }

    /// The colour of a uniform photo under this much evidence.
    fn lit(under: [f32; 3], index: u8) -> [f32; 3] {
        let (light, alpha) = LightLevel::at(f32::from(index) / 255.0).over(LocalLight::even(under));
        std::array::from_fn(|i| under[i] + alpha * (light[i] - under[i]))
    }

    #[test]
    fn more_evidence_is_never_darker() {
        for under in colours() {
            for index in 1..=255 {
                let (before, after) = (luma(lit(under, index - 1)), luma(lit(under, index)));
                assert!(after >= before - 0.1, "{index} over {under:?}: {before} to {after}");
            }
        }
    }

    #[test]
    fn the_hottest_place_is_far_lighter_than_the_coldest_and_lighter_than_its_ring() {
        for under in colours() {
            let [cold, ring, hot] = [0, 166, 255].map(|index| luma(lit(under, index)));
            assert!(hot >= cold + 70.0, "over {under:?}: {cold} to {hot}");
            assert!(hot >= ring + 20.0, "over {under:?}: {ring} to {hot}");
        }
    }

    #[test]
    fn the_hottest_place_is_warm_where_the_photo_is_not() {
        for under in colours() {
            let [r, _, b] = lit(under, 255);
            assert!(r - b >= 0.0, "{under:?} becomes {r} and {b}");
            if under[0] >= under[2] {
                assert!(r - b >= WARM - 0.1, "{under:?} becomes {r} and {b}");
            }
        }
    }

    #[test]
    fn some_light_is_left_everywhere() {
        for under in colours() {
            let (before, cold) = (luma(under), luma(lit(under, 0)));
            assert!(cold >= (before / 6.0).max(before.min(40.0) - 15.0), "{under:?}: {before} to {cold}");
        }
    }

    /// Light multiplies: what is twice as bright as its neighbour stays much brighter under the glow.
    #[test]
    fn a_dark_photo_is_lit_rather_than_covered() {
        let under = [10.0; 3];
        let place = LocalLight::even(under);
        let contrast = |shade: f32| {
            let (light, alpha) = LightLevel::at(1.0).over(LocalLight { shade, ..place });
            luma(std::array::from_fn(|i| under[i] * shade * (1.0 - alpha) + light[i] * alpha))
        };
        assert!(contrast(1.4) - contrast(0.7) > 60.0, "of 7 levels before");
    }

    #[test]
    fn a_map_on_a_part_takes_the_light_from_under_that_part() {
        // left half black, right half white
        let row: Vec<u8> =
            (0..32).flat_map(|x| [if x < 16 { 0 } else { 255 }; 3].into_iter().chain([255])).collect();
        let backdrop = Backdrop::new(row.repeat(32), 32, 32).expect("fits");
        let painted = |area| {
            let backdrop = backdrop.clone().under(area).expect("valid");
            let mut light = Candlelight::new(Some(&backdrop), (1, 1), 1.0).expect("valid");
            let mut out = Vec::new();
            light.paint(0, &[0.0], &mut out);
            out[3]
        };
        let (dark, bright) = (painted([0.0, 0.0, 8.0, 32.0]), painted([24.0, 0.0, 8.0, 32.0]));
        assert_eq!([dark, bright], [VEIL.0, VEIL.1].map(|alpha| (255.0 * alpha).round() as u8));
    }
}
