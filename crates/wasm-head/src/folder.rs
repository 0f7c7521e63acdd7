//! Contents of folders and pairing of masks: lists in, JSON out.

use candling_audit::{
    LeftOut, Masks, Outcome, Pair, Photo, READ, Rule, Tally, basis, in_words, names, passed_by_name,
};
use candling_bindings::{Result, Thrown};
use candling_imaging::Format;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

/// Formats that some browsers read and our own decoder does not.
const BROWSERS: [Format; 4] = [Format::Avif, Format::Heic, Format::Ico, Format::Jxl];

/// Name of the class folder while files that were given for one class alone are sorted.
const ITS_FOLDER: &str = "class";

/// Files below a folder, with their first bytes.
#[wasm_bindgen]
pub struct Listing {
    files: Vec<Vec<String>>,
    folders: Vec<Vec<String>>,
    heads: Vec<std::result::Result<Vec<u8>, String>>,
    read: Vec<Format>,
}

#[wasm_bindgen]
impl Listing {
    /// `files` and `folders` are paths joined by `/`. `heads` are the first bytes of the files, concatenated,
    /// each up to its position in `ends`. `failed` is why a file could not be read, empty if it could. `also`
    /// are names of formats that can be read here beside those that can be read everywhere.
    ///
    /// # Errors
    /// `bad-argument`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        files: Vec<String>,
        folders: Vec<String>,
        heads: &[u8],
        ends: &[u32],
        failed: Vec<String>,
        also: Vec<String>,
    ) -> Result<Self> {
        let starts = std::iter::once(&0).chain(ends);
        let parts = starts.zip(ends).map(|(&start, &end)| heads.get(start as usize..end as usize));
        let heads: Option<Vec<_>> = parts
            .zip(failed)
            .map(
                |(head, failed)| {
                    if failed.is_empty() { head.map(|head| Ok(head.to_vec())) } else { Some(Err(failed)) }
                },
            )
            .collect();
        let heads = heads.filter(|heads| heads.len() == files.len()).ok_or_else(|| {
            Thrown::new("bad-argument", "heads, ends and failed: there is to be one for each file")
        })?;
        let extra = BROWSERS.into_iter().filter(|format| also.iter().any(|name| name == format.name()));
        Ok(Self {
            files: files.iter().map(|path| parts_of(path)).collect(),
            folders: folders.iter().map(|path| parts_of(path)).collect(),
            heads,
            read: READ.into_iter().chain(extra).collect(),
        })
    }

    /// Returns photos by class, masks among them, and everything left out, as JSON: `{ classes, photos: [{
    /// file, class, group }], masks: [file], leftOut: [{ path, code, why }], words, refused }`; `refused` is
    /// why the names cannot be class names, or null. `one_class` says that all files are of one class, and is
    /// its name or empty: paths are then relative to the class folder.
    #[must_use]
    pub fn sorted(&self, one_class: Option<String>) -> String {
        let place = |path: &Vec<String>| match one_class {
            None => path.clone(),
            Some(_) => [&[ITS_FOLDER.to_owned()], path.as_slice()].concat(),
        };
        let files: Vec<_> = self.files.iter().map(place).collect();
        let folders: Vec<_> = self.folders.iter().map(place).collect();
        let mut sorted = candling_audit::sort(&files, &folders, &self.read, |file| self.heads[file].clone());
        if let Some(name) = &one_class {
            sorted.left_out = below_class(sorted.left_out, name);
        }
        let photos = sorted
            .photos
            .iter()
            .map(|photo| json!({ "file": photo.file, "class": photo.class, "group": photo.group() }));
        json!({
            "classes": sorted.classes,
            "photos": photos.collect::<Vec<_>>(),
            "masks": sorted.masks.iter().map(|mask| mask.file).collect::<Vec<_>>(),
            "leftOut": listed(&sorted.left_out),
            "words": in_words(&sorted.left_out),
            "refused": names::check(&sorted.classes).err().map(|e| e.to_string()),
        })
        .to_string()
    }

    /// Pairs the masks among the files with photos at these paths; the paths of a photo's copies follow its
    /// own, separated by NUL. Returns JSON: `{ of: [file | null | why not], unused: [path], words, missing
    /// }`; `missing` is the message if no photo has a mask. With `beside`, masks lie among the photos, which
    /// are listed too; otherwise every picture is a mask. `folder` is the user's name of the folder.
    #[must_use]
    pub fn pairs(&self, photos: Vec<String>, beside: bool, folder: &str) -> String {
        let head = |file: usize| self.heads[file].clone();
        let masks = if beside {
            Masks::beside(&candling_audit::sort(&self.files, &self.folders, &self.read, head))
        } else {
            Masks::of(&self.files, &self.read, head)
        };
        let photo = |(file, paths): (usize, &String)| {
            let mut paths = paths.split('\0').map(parts_of);
            let path = paths.next().unwrap_or_default();
            Photo { file, path, class: 0, format: Format::Jpeg, copies: paths.collect() }
        };
        let photos: Vec<Photo> = photos.iter().enumerate().map(photo).collect();
        let pairs = masks.pairs(&photos);
        let of = pairs.of.iter().map(|pair| match pair {
            Pair::None => Value::Null,
            &Pair::One(mask) => masks.files[mask].file.into(),
            Pair::Doubtful(why) => why.as_str().into(),
        });
        json!({
            "of": of.collect::<Vec<_>>(),
            "unused": pairs.unused.iter().map(|&mask| masks.files[mask].path.join("/")).collect::<Vec<_>>(),
            "words": in_words(&masks.left_out),
            "missing": masks.missing(folder, &photos),
        })
        .to_string()
    }
}

/// Replaces [`ITS_FOLDER`] in the paths of left out files by the name of the class, and drops the entry of
/// that folder itself, which the user did not give.
fn below_class(left_out: Vec<LeftOut>, name: &str) -> Vec<LeftOut> {
    let inside = |LeftOut { path, why }: LeftOut| {
        let path = path.strip_prefix(ITS_FOLDER)?.strip_prefix('/')?;
        let path = if name.is_empty() { path.to_owned() } else { format!("{name}/{path}") };
        Some(LeftOut { path, why })
    };
    left_out.into_iter().filter_map(inside).collect()
}

fn parts_of(path: &str) -> Vec<String> {
    path.split('/').map(str::to_owned).collect()
}

fn listed(left_out: &[LeftOut]) -> Vec<Value> {
    let one =
        |LeftOut { path, why }: &LeftOut| json!({ "path": path, "code": why.code(), "why": why.words() });
    left_out.iter().map(one).collect()
}

/// Whether an entry of this name is left out with everything in it.
#[wasm_bindgen(js_name = isPassedOver)]
#[must_use]
pub fn is_passed_over(name: &str) -> bool {
    passed_by_name(name).is_some()
}

/// Number of first bytes of a file from which its format is recognised.
#[wasm_bindgen(js_name = headBytes)]
#[must_use]
pub fn head_bytes() -> usize {
    candling_audit::HEAD_BYTES
}

/// The reason why names cannot be the classes of a model; nothing if they can.
#[wasm_bindgen(js_name = badNames)]
#[must_use]
pub fn bad_names(names: Vec<String>) -> Option<String> {
    names::check(&names).err().map(|e| e.to_string())
}

/// The line on masks of every report. `outcomes` has for each photo of `photos`: empty for no mask,
/// `several`, `refused`, `nothing inside`, or the rule by which its mask was read, followed by ` scaled` if
/// the sizes differ; `unused` are masks that belong to no photo.
#[wasm_bindgen(js_name = maskWords)]
#[must_use]
pub fn mask_words(photos: Vec<String>, outcomes: Vec<String>, unused: Vec<String>) -> String {
    let mut tally = Tally { unused, ..Tally::default() };
    for (photo, outcome) in photos.iter().zip(&outcomes) {
        let (rule, scaled) =
            outcome.strip_suffix(" scaled").map_or((outcome.as_str(), false), |rule| (rule, true));
        let outcome = match rule {
            "several" => Outcome::Doubtful,
            "refused" => Outcome::Refused,
            "nothing inside" => Outcome::Read { rule: Rule::White, scaled, marked: false },
            rule => {
                Rule::read(rule).map_or(Outcome::None, |rule| Outcome::Read { rule, scaled, marked: true })
            }
        };
        tally.add(photo, &outcome);
    }
    tally.words()
}

/// The basis of an audit's numbers, in lines.
#[wasm_bindgen(js_name = basisWords)]
#[must_use]
pub fn basis_words(
    found: usize,
    failed: usize,
    left_out: usize,
    model: &str,
    sha256: &str,
    layer: &str,
) -> Vec<String> {
    vec![
        basis::photos(found, failed, left_out),
        basis::model(model, sha256),
        basis::evidence(layer, "the whole of each photo"),
    ]
}
