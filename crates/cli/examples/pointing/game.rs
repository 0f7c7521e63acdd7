//! The pointing game: photos with two objects each, and the position of a map's maximum.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use candling_core::{Attribution, Bilinear, Method, Network, Query, Retain, Shape, Target};
use candling_cpu::Cpu;
use candling_imaging::{Fit, Preprocessing, decode, prepare};
use candling_models::Model;
use pollster::block_on;
use serde::Deserialize;

/// Any failure ends the game.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[derive(Deserialize)]
struct Annotations {
    images: Vec<Image>,
}

/// A photo and what is on it.
#[derive(Deserialize)]
struct Image {
    file: String,
    width: u32,
    height: u32,
    objects: Vec<Object>,
}

#[derive(Deserialize)]
struct Object {
    name: String,
    /// Accepted classes, the main one first.
    imagenet: Vec<u32>,
    bbox_xyxy: Box4,
    mask: PathBuf,
}

/// `[left, top, right, bottom]` in pixels, right and bottom exclusive.
type Box4 = [u32; 4];

/// The object at a point.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hit {
    /// The point is in the object's box, a hit of the pointing game.
    pub in_box: bool,
    /// The point is on a visible pixel of the object.
    pub in_mask: bool,
    /// The point is in the box of the other object.
    pub in_other: bool,
}

/// One round: where does the map for this object's class point?
pub struct Round {
    /// The photo's file name.
    pub photo: String,
    /// The object's name.
    pub object: String,
    /// The class that was explained.
    pub class: u32,
    /// The map's maximum on the photo, unless the map is zero everywhere.
    pub point: Option<(u32, u32)>,
    /// The object at that point; nothing for a map of zeros.
    pub hit: Hit,
    /// The object at the photo's centre, the score of a method that ignores the photo.
    pub centre: Hit,
}

/// Plays all photos with one method.
pub fn play(method: Method) -> Result<Vec<Round>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join("tests/photos/pointing");
    let annotations: Annotations = serde_json::from_slice(&std::fs::read(folder.join("annotations.json"))?)?;
    let model = Model::from_bytes(&std::fs::read(root.join("www/models/efficientnet-lite0.safetensors"))?)?;
    let network = Arc::new(Network::new(Cpu::new(), model.graph().clone(), model.weights())?);
    let mut rounds = Vec::new();
    for image in &annotations.images {
        let photo = decode(&std::fs::read(folder.join(&image.file))?)?;
        let p = model.preprocessing();
        let how = Preprocessing::new(p.width, p.height, p.mean, p.std, p.crop_fraction);
        // the whole photo, so that a map covers all of it
        let x = prepare(&photo.rgba, photo.width, photo.height, Fit::Squash, &how)?;
        let tape = network.forward(Shape::new(1, 3, p.height, p.width), &x.tensor, Retain::All)?;
        for object in &image.objects {
            let class = *object.imagenet.first().ok_or("an object without a class")?;
            let map = block_on(tape.explain(&Query::new(method, Target::Class(class))))?;
            let point = maximum(&map, image.width, image.height);
            let judge = Judge { image, object, mask: image::open(folder.join(&object.mask))?.to_luma8() };
            rounds.push(Round {
                photo: image.file.clone(),
                object: object.name.clone(),
                class,
                point,
                hit: point.map(|point| judge.hit(point)).unwrap_or_default(),
                centre: judge.hit((image.width / 2, image.height / 2)),
            });
        }
    }
    Ok(rounds)
}

/// The position on the photo at which the upsampled map is largest; for a pixel map, its largest magnitude
/// over the colours.
fn maximum(map: &Attribution, width: u32, height: u32) -> Option<(u32, u32)> {
    let Shape { c, h, w, .. } = map.shape;
    let largest = |at: usize| (0..c).map(|c| map.data[c * h * w + at].abs()).fold(0.0, f32::max);
    let plane = if c == 1 { map.data.clone() } else { (0..h * w).map(largest).collect() };
    if plane.iter().all(|&v| v == 0.0) {
        return None;
    }
    let up = Bilinear::new((h, w), (height as usize, width as usize)).planes(&plane, 1);
    let first_of_maxima = |best: (u32, f32), (i, &v): (u32, &f32)| if v > best.1 { (i, v) } else { best };
    let (at, _) = (0..).zip(&up).fold((0, f32::NEG_INFINITY), first_of_maxima);
    Some((at % width, at / width))
}

/// The judge of points for one object, with its mask and the other objects.
struct Judge<'a> {
    image: &'a Image,
    object: &'a Object,
    mask: image::GrayImage,
}

impl Judge<'_> {
    fn hit(&self, (x, y): (u32, u32)) -> Hit {
        let inside =
            |[left, top, right, bottom]: Box4| (left..right).contains(&x) && (top..bottom).contains(&y);
        let others = self.image.objects.iter().filter(|other| other.name != self.object.name);
        Hit {
            in_box: inside(self.object.bbox_xyxy),
            in_mask: self.mask.get_pixel_checked(x, y).is_some_and(|pixel| pixel.0[0] > 0),
            in_other: others.into_iter().any(|other| inside(other.bbox_xyxy)),
        }
    }
}

/// The counts of hits.
pub struct Totals {
    /// Rounds played.
    pub rounds: usize,
    /// Points in the object's box.
    pub in_box: usize,
    /// Points on the object.
    pub in_mask: usize,
    /// Points in the other object's box.
    pub in_other: usize,
}

impl Totals {
    /// Counts the points that `of` selects, those of the maps or the centres.
    pub fn of(rounds: &[Round], of: impl Fn(&Round) -> Hit) -> Self {
        let count = |wanted: fn(Hit) -> bool| rounds.iter().filter(|round| wanted(of(round))).count();
        Self {
            rounds: rounds.len(),
            in_box: count(|hit| hit.in_box),
            in_mask: count(|hit| hit.in_mask),
            in_other: count(|hit| hit.in_other),
        }
    }
}
