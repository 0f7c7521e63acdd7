//! Contrast of a painted photo between places with and without evidence.

use candling_imaging::{
    Backdrop, Colormap, Fit, Map, Paint, Photo, Preprocessing, Rect, overlay, prepare, render,
};

use crate::colour::{Lab, Rgb, Seen, difference, lab};
use crate::hard::at_most;

/// The preprocessing of the network: EfficientNet-Lite0's.
const HOW: Preprocessing =
    Preprocessing { width: 224, height: 224, mean: [127.0; 3], std: [128.0; 3], crop_fraction: 0.875 };

/// Longer side of a thumbnail.
pub const THUMB: u32 = 96;

/// A heatmap of 7×7 cells.
pub type Cells = [f32; 49];

/// A map with evidence around a position, given as shares of the sides, and a little elsewhere.
pub fn evidence(x: f32, y: f32) -> Cells {
    let spot = |row: usize, column: usize, x: f32, y: f32, wide: f32| {
        let off = |at: usize, of: f32| (at as f32 + 0.5) / 7.0 - of;
        (-(off(column, x).powi(2) + off(row, y).powi(2)) / (2.0 * wide * wide)).exp()
    };
    std::array::from_fn(|i| spot(i / 7, i % 7, x, y, 0.16) + 0.4 * spot(i / 7, i % 7, 1.0 - x, 1.0 - y, 0.1))
}

/// Paints the map over a photo, as every view does.
pub fn painted(photo: &Photo, cells: &[f32], (height, width): (usize, usize), colormap: Colormap) -> Photo {
    let prepared = prepare(&photo.rgba, photo.width, photo.height, Fit::Squash, &HOW).expect("a photo");
    painted_over(photo, cells, (height, width), colormap, &prepared.backdrop)
}

fn painted_over(
    photo: &Photo,
    cells: &[f32],
    (height, width): (usize, usize),
    colormap: Colormap,
    backdrop: &Backdrop,
) -> Photo {
    let map = Map::new(cells, 1, height, width).expect("a map");
    let paint = Paint { colormap, opacity: colormap.usual_opacity(), scale: None, backdrop: Some(backdrop) };
    let heat = render(&map, photo.width, photo.height, paint).expect("it can be painted");
    let mut picture = photo.clone();
    let whole = Rect { x: 0, y: 0, width: photo.width, height: photo.height };
    overlay(&mut picture, &heat, whole).expect("it fits");
    picture
}

/// Scales a picture down to [`THUMB`] pixels on the longer side.
pub fn thumbnail(picture: &Photo) -> Photo {
    at_most(picture, THUMB)
}

/// The range of lesser evidence, as shares of a map's maximum.
const LESSER: std::ops::Range<f32> = 0.35..0.45;

/// A lit and a dark part of a picture, each as its median lightness and its median a* and b*.
#[derive(Debug, Clone, Copy)]
pub struct Contrast {
    pub lit: Lab,
    pub dark: Lab,
}

impl Contrast {
    /// The contrast of the hottest and the coldest tenth of a picture.
    pub fn of(picture: &Photo, cells: &[f32], map: (usize, usize), seen: Seen) -> Self {
        let (_, order) = heat(picture, cells, map);
        let tenth = (order.len() / 10).max(1);
        let of = |pixels| colour(picture, pixels, seen);
        Self { lit: of(&order[order.len() - tenth..]), dark: of(&order[..tenth]) }
    }

    /// The contrast of places with [`LESSER`] evidence and the same places on the same photo without any.
    pub fn of_lesser([picture, unlit]: [&Photo; 2], cells: &[f32], map: (usize, usize), seen: Seen) -> Self {
        let (heat, mut order) = heat(picture, cells, map);
        let most = cells.iter().copied().fold(0.0, f32::max);
        order.retain(|&index| LESSER.contains(&(heat[index] / most)));
        let of = |picture| colour(picture, &order, seen);
        Self { lit: of(picture), dark: of(unlit) }
    }

    /// Difference in lightness, L*.
    pub fn lighter(&self) -> f64 {
        self.lit[0] - self.dark[0]
    }

    /// Difference in colour, ΔE00.
    pub fn apart(&self) -> f64 {
        difference(self.lit, self.dark)
    }
}

/// The intensity of each pixel of a picture, and the pixels from the coldest to the hottest.
fn heat(picture: &Photo, cells: &[f32], map: (usize, usize)) -> (Vec<f32>, Vec<usize>) {
    let size = (picture.height as usize, picture.width as usize);
    let heat = candling_core::Bilinear::new(map, size).planes(cells, 1);
    let mut order: Vec<usize> = (0..heat.len()).collect();
    order.sort_by(|&a, &b| heat[a].total_cmp(&heat[b]));
    (heat, order)
}

/// The median colour of these pixels.
fn colour(picture: &Photo, pixels: &[usize], seen: Seen) -> Lab {
    median(pixels.iter().map(|&index| lab(seen.of(rgb(picture, index)))).collect())
}

/// The displayed colour of a pixel, on white.
pub fn rgb(picture: &Photo, index: usize) -> Rgb {
    let [r, g, b, a] = picture.rgba.as_chunks::<4>().0[index].map(f64::from);
    [r, g, b].map(|v| (v * a + 255.0 * (255.0 - a)) / 255.0)
}

fn median(colours: Vec<Lab>) -> Lab {
    std::array::from_fn(|channel| {
        let mut values: Vec<f64> = colours.iter().map(|colour| colour[channel]).collect();
        let middle = values.len() / 2;
        *values.select_nth_unstable_by(middle, f64::total_cmp).1
    })
}
