//! The auditor: runs the network on the photos of an audit and measures evidence in masks.

use candling_audit::names::{self, Found};
use candling_audit::{Outcome, Pair, Pairs, Photo, fits, mask_of_png, mask_of_rgba};
use candling_core::{
    Attribution, Error as CoreError, Method, NodeId, Query, Region, Target, evidence_share, top,
};
use candling_imaging::{Format, decode};
use candling_models::Model;
use pollster::block_on;

use super::changes::{Change, Origin};
use super::earlier::Known;
use super::row::{FORMAT, Fingerprint, Row, Settings, sha256};
use crate::args::Audit;
use crate::error::{Error, Result};
use crate::folders::{Folders, MaskFolder};
use crate::onlooker::{Onlooker, Seen};
use crate::photo::read;
use crate::session::{model_bytes, model_of};
use crate::shown::shown;

pub struct Auditor<'a> {
    pub model: Model,
    pub folders: &'a Folders,
    pub masks: Option<Matched>,
    pub settings: Settings,
    pub onlooker: Onlooker,
    layer: NodeId,
    /// The model's class for each folder.
    classes: Vec<u32>,
}

/// Masks, paired with photos.
pub struct Matched {
    pub folder: MaskFolder,
    pub pairs: Pairs,
}

/// A photo with the results of the network.
pub struct Finding {
    pub seen: Seen,
    pub map: Attribution,
    pub row: Row,
}

/// The mask file of a photo, before it is decoded.
enum Given {
    None,
    /// It is unclear which of several masks is the photo's.
    Doubtful,
    /// The path and the bytes of the file, or why it could not be read.
    File(String, std::result::Result<Vec<u8>, String>),
}

/// The outcome of a mask, and the shares of evidence inside it of the map and of a uniform map, if there is a
/// mask and evidence.
type Measured = (Outcome, Option<(f64, f64)>);

impl<'a> Auditor<'a> {
    /// # Errors
    /// For a folder that is not a class of the model, and if no mask belongs to a photo.
    pub fn new(args: &'a Audit, folders: &'a Folders) -> Result<Self> {
        let bytes = model_bytes(args.model.as_deref())?;
        let model = model_of(&bytes, args.model.as_deref())?;
        let classes =
            folders.classes().iter().map(|name| class(args, folders, &model, name)).collect::<Result<_>>()?;
        let masks = args.masks.as_deref().map(|path| matched(path, folders)).transpose()?;
        let layer = match &args.layer {
            Some(name) => model.graph().with_positions(model.graph().find(name)?)?,
            None => model.evidence_layer(),
        };
        let settings = Settings {
            model: sha256(&bytes),
            layer: model.graph().node(layer).name.clone(),
            fit: args.fit,
            mask_value: args.mask_value,
            format: FORMAT,
        };
        let onlooker = Onlooker::new(&model, args.fit)?;
        Ok(Self { model, folders, masks, settings, onlooker, layer, classes })
    }

    /// Returns the row of the photo with this index, and whether it was computed or taken over from an
    /// earlier audit.
    pub fn row(&self, at: usize, known: &Known) -> (Row, Origin) {
        let photo = &self.folders.photos()[at];
        let earlier = known.rows.get(&photo.name());
        let redone = |change| match earlier {
            Some(_) => Origin::Redone(change),
            None if known.damaged.contains(&photo.name()) => Origin::Redone(Change::Line),
            None => Origin::New,
        };
        let bytes = match read(&self.folders.place(photo)) {
            Ok(bytes) => bytes,
            Err(e) => {
                let print = self.print(String::new(), String::new());
                return (Row { error: e.reason(), ..self.unseen(photo, print) }, redone(Change::Photo));
            }
        };
        let given = self.given(at);
        let print = self.print(sha256(&bytes), given.print());
        let change = match earlier.map(|row| (row, Change::of(row, &print))) {
            Some((row, None)) => return (row.clone(), Origin::TakenOver),
            Some((_, Some(change))) => change,
            None => Change::Line,
        };
        let row = match self.find(photo, &bytes, &given, &print) {
            Ok(found) => found.row,
            Err(row) => *row,
        };
        (row, redone(change))
    }

    /// Computes the photo of a row again, for its map.
    pub fn again(&self, row: &Row) -> Result<Option<Finding>> {
        let Some(at) = self.folders.photos().iter().position(|photo| photo.name() == row.photo) else {
            return Ok(None);
        };
        let photo = &self.folders.photos()[at];
        let bytes = read(&self.folders.place(photo))?;
        Ok(self.find(photo, &bytes, &self.given(at), &row.print).ok())
    }

    fn print(&self, photo: String, mask: String) -> Fingerprint {
        Fingerprint { settings: self.settings.clone(), photo, mask }
    }

    fn unseen(&self, photo: &Photo, print: Fingerprint) -> Row {
        Row {
            photo: photo.name(),
            class: self.folders.classes()[photo.class].clone(),
            group: photo.group(),
            predicted: String::new(),
            probability: 0.0,
            correct: false,
            evidence: None,
            evenly: None,
            error: String::new(),
            note: String::new(),
            mask: Outcome::None,
            print,
        }
    }

    fn given(&self, at: usize) -> Given {
        let Some(Matched { folder, pairs }) = &self.masks else { return Given::None };
        match pairs.of[at] {
            Pair::None => Given::None,
            Pair::Doubtful(_) => Given::Doubtful,
            Pair::One(mask) => {
                let path = folder.place(mask);
                Given::File(shown(&path), read(&path).map_err(|e| e.reason()))
            }
        }
    }

    /// Computes the finding of a photo, or a row that says why there is none.
    fn find(
        &self,
        photo: &Photo,
        bytes: &[u8],
        given: &Given,
        print: &Fingerprint,
    ) -> std::result::Result<Finding, Box<Row>> {
        let unseen = || self.unseen(photo, print.clone());
        let failed = |mask, error| Box::new(Row { mask, error, ..unseen() });
        let (seen, map, best) = self.look(photo, bytes).map_err(|e| failed(Outcome::None, e.reason()))?;
        let (mask, shares) =
            self.measured(given, &seen, &map).map_err(|why| failed(Outcome::Refused, why))?;
        let (evidence, evenly) = shares.unzip();
        let row = Row {
            predicted: self.model.labels().name(best.class).to_owned(),
            probability: best.probability,
            correct: best.class == self.classes[photo.class],
            evidence,
            evenly,
            mask,
            ..unseen()
        };
        Ok(Finding { seen, map, row })
    }

    /// Runs the network on a photo and returns its Grad-CAM for the top prediction.
    fn look(&self, photo: &Photo, bytes: &[u8]) -> Result<(Seen, Attribution, candling_core::Prediction)> {
        let seen = self.onlooker.look(&self.folders.place(photo), bytes, self.layer)?;
        let best = top(&seen.logits, 1).into_iter().next();
        let best = best.ok_or_else(|| CoreError::Backend("a model without classes".into()))?;
        let query = Query::new(Method::GRAD_CAM, Target::Class(best.class)).at(self.layer);
        let map = block_on(seen.tape.explain(&query))?;
        Ok((seen, map, best))
    }

    /// Measures the share of the map's evidence in the photo's mask (energy-based pointing game), and that of
    /// a uniform map.
    fn measured(
        &self,
        given: &Given,
        Seen { photo, view, .. }: &Seen,
        map: &Attribution,
    ) -> std::result::Result<Measured, String> {
        let (path, bytes) = match given {
            Given::None => return Ok((Outcome::None, None)),
            Given::Doubtful => return Ok((Outcome::Doubtful, None)),
            Given::File(path, bytes) => (path, bytes),
        };
        let refused = |why: &dyn std::fmt::Display| format!("its mask {path}: {why}");
        let bytes = bytes.as_ref().map_err(|e| refused(e))?;
        let mask = mask(bytes, self.settings.mask_value).map_err(|e| refused(&e))?;
        let scaled = fits((mask.width, mask.height), (photo.width, photo.height)).map_err(|e| refused(&e))?;
        let outcome = Outcome::Read { rule: mask.rule, scaled, marked: mask.is_marked() };
        if !mask.is_marked() {
            return Ok((outcome, None));
        }
        let region = Region { size: (mask.height as usize, mask.width as usize), mask: &mask.inside };
        // the part of the photo that the network saw, in pixels of the mask
        let along = |start: u32, length: u32, mask: u32, photo: u32| {
            let scale = f64::from(mask) / f64::from(photo);
            (f64::from(start) * scale, f64::from(length) * scale)
        };
        let down = along(view.y, view.height, mask.height, photo.height);
        let across = along(view.x, view.width, mask.width, photo.width);
        let share = |map: &[f32], (h, w)| evidence_share(map, (h, w), region, down, across);
        let shares = share(&map.data, (map.shape.h, map.shape.w))
            .and_then(|inside| Ok(inside.zip(share(&[1.0], (1, 1))?)));
        Ok((outcome, shares.map_err(|e| refused(&e))?))
    }
}

impl Given {
    /// The part of the mask that enters a fingerprint.
    fn print(&self) -> String {
        match self {
            Self::None | Self::File(_, Err(_)) => String::new(),
            Self::Doubtful => "several".to_owned(),
            Self::File(_, Ok(bytes)) => sha256(bytes),
        }
    }
}

/// Reads a mask from a file in any supported format.
fn mask(
    bytes: &[u8],
    value: Option<u16>,
) -> std::result::Result<candling_audit::Mask, candling_audit::MaskError> {
    match Format::of(bytes) {
        // decoding would lose palette indices
        Some(Format::Png) => mask_of_png(bytes, value),
        format => {
            let picture = decode(bytes)?;
            mask_of_rgba(picture.width, picture.height, &picture.rgba, format, value)
        }
    }
}

/// The model's class whose full name is that of the folder.
fn class(args: &Audit, folders: &Folders, model: &Model, name: &str) -> Result<u32> {
    let refused = |why: String| {
        let inspect = args.model.as_deref().map_or_else(String::new, |path| format!(" {}", path.display()));
        let message = format!(
            "its name is to be a class of the model, the whole of it: {why}; `candling inspect{inspect} --classes` lists them"
        );
        Err(Error::file(&folders.root.join(name), message))
    };
    let labels = model.labels();
    match names::find(labels.names(), name) {
        Found::One(class) => Ok(class as u32),
        Found::Several(classes) => refused(format!("{} classes are called so", classes.len())),
        Found::None => refused(labels.unknown(name)),
    }
}

/// Pairs the masks of a folder with photos; at least one must belong to a photo.
fn matched(path: &std::path::Path, folders: &Folders) -> Result<Matched> {
    let folder = MaskFolder::list(path, folders)?;
    let pairs = folder.masks.pairs(folders.photos());
    if pairs.of.iter().any(|pair| matches!(pair, Pair::One(_))) {
        return Ok(Matched { folder, pairs });
    }
    let doubtful = folders.photos().iter().zip(&pairs.of).find_map(|(photo, pair)| match pair {
        Pair::Doubtful(why) => Some(format!("no photo has a mask for certain: {}: {why}", photo.name())),
        _ => None,
    });
    let why = doubtful.unwrap_or_else(|| folder.masks.missing(&shown(path), folders.photos()));
    Err(CoreError::BadArgument(format!("masks: {why}")).into())
}
