//! How well the evidence on a painted photo is told from where there is none.

use candling_imaging::{
    Backdrop, Colormap, Fit, Map, Paint, Photo, Preprocessing, Rect, overlay, prepare, render,
};

use crate::colour::{Lab, Rgb, Seen, difference, lab};
use crate::hard::at_most;

/// The input of the network that a photo is shown to: EfficientNet-Lite0's.
const HOW: Preprocessing =
    Preprocessing { width: 224, height: 224, mean: [127.0; 3], std: [128.0; 3], crop_fraction: 0.875 };

/// Longer side of a thumbnail.
pub const THUMB: u32 = 96;

/// A heatmap of 7×7 cells.
pub type Cells = [f32; 49];

/// Evidence around a place, given as shares of the sides, and a little elsewhere.
pub fn evidence(x: f32, y: f32) -> Cells {
    let spot = |row: usize, column: usize, x: f32, y: f32, wide: f32| {
        let off = |at: usize, of: f32| (at as f32 + 0.5) / 7.0 - of;
        (-(off(column, x).powi(2) + off(row, y).powi(2)) / (2.0 * wide * wide)).exp()
    };
    std::array::from_fn(|i| spot(i / 7, i % 7, x, y, 0.16) + 0.4 * spot(i / 7, i % 7, 1.0 - x, 1.0 - y, 0.1))
}

/// A photo with the map over it, as every view shows it.
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

/// At most [`THUMB`] pixels on the longer side.
pub fn thumbnail(picture: &Photo) -> Photo {
    at_most(picture, THUMB)
}

/// The hottest and the coldest tenth of a picture, each its median lightness and its median a* and b*.
#[derive(Debug, Clone, Copy)]
pub struct Contrast {
    pub hot: Lab,
    pub cold: Lab,
}

impl Contrast {
    pub fn of(picture: &Photo, cells: &[f32], (height, width): (usize, usize), seen: Seen) -> Self {
        let (across, down) = (picture.width as usize, picture.height as usize);
        let heat = candling_core::Bilinear::new((height, width), (down, across)).planes(cells, 1);
        let mut order: Vec<usize> = (0..heat.len()).collect();
        order.sort_by(|&a, &b| heat[a].total_cmp(&heat[b]));
        let tenth = (order.len() / 10).max(1);
        let of = |pixels: &[usize]| {
            median(pixels.iter().map(|&index| lab(seen.of(rgb(picture, index)))).collect())
        };
        Self { hot: of(&order[order.len() - tenth..]), cold: of(&order[..tenth]) }
    }

    /// By how much the hottest tenth is lighter, in L*.
    pub fn lighter(&self) -> f64 {
        self.hot[0] - self.cold[0]
    }

    /// ΔE00.
    pub fn apart(&self) -> f64 {
        difference(self.hot, self.cold)
    }
}

/// The pixel as it is displayed, on white.
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
