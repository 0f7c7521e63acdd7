//! Photos on which a map is hard to see: dark, pale, bright, grey, blue, drawn, in odd formats. Made from the
//! site's photos, or drawn, the same on every machine.

use std::path::Path;

use candling_imaging::{Photo, Rect, decode, resize};

use crate::draw;

/// Longer side of each photo in pixels.
const SIDE: u32 = 320;

/// A photo and its name.
pub struct Hard {
    pub name: &'static str,
    pub photo: Photo,
}

/// A change of a photo's colour at a position, given as shares of its width and height.
type Change = fn([f32; 3], (f32, f32), &mut fastrand::Rng) -> [f32; 3];

/// All photos; `samples` is the folder of the site's photos.
pub fn photos(samples: &Path) -> Vec<Hard> {
    let sample = |name: &str| at_most(&read(&samples.join(name)), SIDE);
    let mut all = Vec::new();
    let mut add = |name, photo| all.push(Hard { name, photo });
    for (name, file) in [
        ("dog and cat", "dog_cat.jpg"),
        ("macaw", "macaw.jpg"),
        ("panda", "panda.jpg"),
        ("castle", "castle.jpg"),
        ("officer", "officer.jpg"),
        ("drums", "guitar_drums.jpg"),
        ("rocket", "rocket.jpg"),
        ("upright", "wine_drum.jpg"),
    ] {
        add(name, sample(file));
    }
    let changes: [(&str, &str, Change); 14] = [
        ("night", "castle.jpg", night),
        ("dog at night", "dog.jpg", night),
        ("fog", "dog_cat.jpg", |c, _, _| c.map(|v| 0.3 * v + 145.0)),
        ("snowfall", "dog.jpg", snowfall),
        ("backlight", "dog_cat.jpg", backlight),
        ("glare", "cat.jpg", |c, _, _| c.map(|v| 0.45 * v + 150.0)),
        ("x-ray", "dog.jpg", |c, _, _| {
            [1.0, 0.98, 0.95].map(|tint| tint * (255.0 - mean(c)).powi(2) / 255.0)
        }),
        ("greyscale", "dog_cat.jpg", |c, _, _| [mean(c); 3]),
        ("under water", "dog_cat.jpg", |[r, g, b], _, _| [0.25 * r, 0.5 * g + 10.0, 0.85 * b + 40.0]),
        ("dusk", "panda.jpg", |[r, g, b], _, _| [0.22 * r, 0.25 * g, 0.4 * b]),
        ("old print", "officer.jpg", |c, _, _| [1.0, 0.86, 0.67].map(|tint| tint * (0.7 * mean(c) + 50.0))),
        ("underexposed", "drums.jpg", |c, _, _| c.map(|v| 0.3 * v)),
        ("low contrast", "macaw.jpg", |c, _, _| c.map(|v| 0.25 * v + 90.0)),
        ("noise", "cat.jpg", |c, _, noise| c.map(|v| v + 160.0 * (noise.f32() - 0.5))),
    ];
    for (name, file, change) in changes {
        let file = if file == "drums.jpg" { "guitar_drums.jpg" } else { file };
        add(name, changed(&sample(file), change));
    }
    add("portrait", part(&sample("castle.jpg"), 0.35, 0.0, 0.2, 1.0));
    add("panorama", part(&sample("castle.jpg"), 0.0, 0.4, 1.0, 0.25));
    add("cut out", cut_out(sample("macaw.jpg")));
    all.extend(draw::pictures());
    all
}

fn read(path: &Path) -> Photo {
    std::fs::read(path)
        .map_err(|e| e.to_string())
        .and_then(|bytes| decode(&bytes).map_err(|e| e.to_string()))
        .unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Scales a photo down to `most` pixels on the longer side.
pub fn at_most(photo: &Photo, most: u32) -> Photo {
    let shrink = (f64::from(most) / f64::from(photo.width.max(photo.height))).min(1.0);
    let side = |length: u32| ((f64::from(length) * shrink).round() as u32).max(1);
    let whole = Rect { x: 0, y: 0, width: photo.width, height: photo.height };
    resized(photo, whole, side(photo.width), side(photo.height))
}

fn resized(photo: &Photo, rect: Rect, width: u32, height: u32) -> Photo {
    let rgba = resize(&photo.rgba, photo.width, photo.height, rect, width, height).expect("it fits");
    Photo { width, height, rgba }
}

/// Cuts out a part, given as shares of the sides.
fn part(photo: &Photo, left: f64, top: f64, across: f64, down: f64) -> Photo {
    let at = |share: f64, side: u32| (share * f64::from(side)) as u32;
    let (width, height) = (at(across, photo.width), at(down, photo.height));
    let rect = Rect { x: at(left, photo.width), y: at(top, photo.height), width, height };
    resized(photo, rect, width, height)
}

fn changed(photo: &Photo, change: Change) -> Photo {
    let mut noise = fastrand::Rng::with_seed(7);
    let mut out = photo.clone();
    for (index, pixel) in out.rgba.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        let [r, g, b, a] = *pixel;
        let (x, y) = (index as u32 % photo.width, index as u32 / photo.width);
        let place = (x as f32 / photo.width as f32, y as f32 / photo.height as f32);
        let [r, g, b] = change([r, g, b].map(f32::from), place, &mut noise).map(|v| v.round() as u8);
        *pixel = [r, g, b, a];
    }
    out
}

fn mean([r, g, b]: [f32; 3]) -> f32 {
    (r + g + b) / 3.0
}

/// A night photo: a fiftieth of the light, a little blue, and sensor noise.
fn night(colour: [f32; 3], _: (f32, f32), noise: &mut fastrand::Rng) -> [f32; 3] {
    let tint = [0.8, 0.9, 1.1];
    std::array::from_fn(|i| {
        let light = 0.02 * (colour[i] / 255.0).powf(2.2) + 0.004 * (noise.f32() - 0.5);
        255.0 * tint[i] * light.max(0.0).powf(1.0 / 2.2)
    })
}

fn snowfall(colour: [f32; 3], _: (f32, f32), noise: &mut fastrand::Rng) -> [f32; 3] {
    if noise.f32() < 0.03 { [250.0; 3] } else { colour.map(|v| 0.55 * v + 115.0) }
}

/// A backlit photo: the sky is white, and everything before it nearly black.
fn backlight(colour: [f32; 3], (x, y): (f32, f32), _: &mut fastrand::Rng) -> [f32; 3] {
    let sky = (2.6 * (x - 0.5).hypot(y - 0.5) - 0.5).clamp(0.0, 1.0);
    colour.map(|v| (0.15 * v) * (1.0 - sky) + (0.2 * v + 204.0) * sky)
}

/// Makes everything outside an ellipse transparent.
fn cut_out(mut photo: Photo) -> Photo {
    let Photo { width, height, .. } = photo;
    for (index, pixel) in photo.rgba.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        let x = (index as u32 % width) as f32 / width as f32 - 0.5;
        let y = (index as u32 / width) as f32 / height as f32 - 0.5;
        if x.hypot(y) > 0.4 {
            pixel[3] = 0;
        }
    }
    photo
}
