//! Pairing of masks with photos.

use std::collections::{BTreeMap, HashMap};

use candling_imaging::Format;

use crate::listing::{MaskFile, Photo, PictureFile, Sorted, passed_by_name, picture};
use crate::place::{NormalPath, stem};
use crate::reason::{LeftOut, Reason};
use crate::words::{count, quoted, some};

/// Extensions of annotation files that are not pictures.
const ANNOTATIONS: [&str; 5] = ["json", "xml", "txt", "csv", "geojson"];

/// The available masks, in a folder of their own or among the photos.
#[derive(Debug, Clone, Default)]
pub struct Masks {
    /// The masks, in the order of their paths.
    pub files: Vec<MaskFile>,
    /// Everything else in their folder, in order of path.
    pub left_out: Vec<LeftOut>,
}

/// The result of looking for the mask of a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pair {
    /// The photo has no mask.
    None,
    /// The index of the photo's mask among the masks.
    One(usize),
    /// Several masks fit, or the mask fits several photos, so that none is used; the reason in words.
    Doubtful(String),
}

/// The pairing of photos and masks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairs {
    /// One entry for each photo.
    pub of: Vec<Pair>,
    /// Indices of the masks that belong to no photo.
    pub unused: Vec<usize>,
}

impl Masks {
    /// The masks that lie among the photos.
    #[must_use]
    pub fn beside(sorted: &Sorted) -> Self {
        Self { files: sorted.masks.clone(), left_out: Vec::new() }
    }

    /// The masks in a folder of masks: all its pictures in supported formats; see [`crate::sort`] for the
    /// arguments.
    pub fn of(
        files: &[Vec<String>],
        read: &[Format],
        mut head: impl FnMut(usize) -> Result<Vec<u8>, String>,
    ) -> Self {
        let mut left_out: BTreeMap<&[String], Reason> = BTreeMap::new();
        let mut found = Vec::new();
        for (file, path) in files.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
            if let Some((at, why)) =
                (0..path.len()).find_map(|at| passed_by_name(&path[at]).map(|why| (at, why)))
            {
                left_out.insert(&path[..=at], why);
                continue;
            }
            match head(file).map_err(Reason::Unreadable).and_then(|bytes| picture(&bytes)) {
                Ok(format) if read.contains(&format) => found.push(PictureFile { file, path, format }),
                Ok(format) => drop(left_out.insert(path, Reason::NotRead(format))),
                Err(why) => drop(left_out.insert(path, why)),
            }
        }
        found.sort_by(|a, b| a.path.cmp(b.path));
        Self {
            files: found.iter().map(|mask| MaskFile { file: mask.file, path: mask.path.to_vec() }).collect(),
            left_out: left_out.into_iter().map(|(path, why)| LeftOut { path: path.join("/"), why }).collect(),
        }
    }

    /// Finds the mask of each photo: first among masks at the same path, then among those of its class,
    /// finally among those in no class folder. A photo with several masks in one of these places gets none,
    /// unless exactly one has the photo's name to the letter and the others differ in case; likewise a mask
    /// that fits several photos. A photo without a mask by its own path may use that of one of its copies;
    /// the first is taken, and masks of other copies belong to no photo.
    #[must_use]
    pub fn pairs(&self, photos: &[Photo]) -> Pairs {
        let names: Vec<Vec<Name<'_>>> =
            photos.iter().map(|photo| photo.paths().map(Name::of).collect()).collect();
        let masks: Vec<NormalPath> = self.files.iter().map(|mask| NormalPath::of(&mask.path)).collect();
        let mut of = vec![Pair::None; photos.len()];
        let mut taken = vec![false; masks.len()];
        for tier in [Tier::Same, Tier::Home, Tier::Class, Tier::Flat] {
            let free: Vec<usize> = (0..masks.len()).filter(|&mask| !taken[mask]).collect();
            let index = tier.index(&masks, &free);
            let mut asked: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            let open: Vec<usize> = (0..photos.len()).filter(|&photo| of[photo] == Pair::None).collect();
            for photo in open {
                let mut by_name = names[photo].iter().map(|name| {
                    best(tier.find(&index, &name.place), |mask| masks[mask].is_called_exactly(name.file))
                });
                let found = by_name.find(|found| !found.is_empty()).unwrap_or_default();
                for &mask in &found {
                    taken[mask] = true;
                }
                match found.as_slice() {
                    [] => {}
                    &[mask] => asked.entry(mask).or_default().push(photo),
                    several => {
                        of[photo] = Pair::Doubtful(format!(
                            "it has {}: {}",
                            count(several.len(), "mask"),
                            self.named(several)
                        ))
                    }
                }
            }
            for (mask, claimed) in asked {
                // as with several masks, an exact name comes before one that differs in case
                let is_exact =
                    |photo: usize| names[photo].iter().any(|name| masks[mask].is_called_exactly(name.file));
                let claimed = best(claimed, is_exact);
                for &photo in &claimed {
                    of[photo] = if claimed.len() == 1 {
                        Pair::One(mask)
                    } else {
                        let names: Vec<String> = claimed.iter().map(|&photo| photos[photo].name()).collect();
                        let which = format!("{}: {}", count(names.len(), "photo"), some(&names));
                        Pair::Doubtful(format!("its mask {} could be that of {which}", self.named(&[mask])))
                    };
                }
            }
        }
        Pairs { of, unused: (0..masks.len()).filter(|&mask| !taken[mask]).collect() }
    }

    fn named(&self, masks: &[usize]) -> String {
        some(&masks.iter().map(|&mask| self.files[mask].path.join("/")).collect::<Vec<_>>())
    }

    /// The message that no photo has a mask, with the first photo and the paths at which its mask was
    /// expected. `folder` is the user's name of the folder of masks.
    #[must_use]
    pub fn missing(&self, folder: &str, photos: &[Photo]) -> String {
        let Some(photo) = photos.first() else {
            return format!("no photo to look for a mask in {} for", quoted(folder));
        };
        let name = file_name(&photo.path);
        let [class, between @ .., _] = photo.path.as_slice() else {
            return format!("no mask in {} fits a photo", quoted(folder));
        };
        let mut places =
            vec![[std::slice::from_ref(class), between].concat(), vec![class.clone()], Vec::new()];
        places.dedup();
        let looked: Vec<String> = places
            .into_iter()
            .map(|mut place| {
                place.push(format!("{}.png", stem(name)));
                format!("{folder}/{}", place.join("/"))
            })
            .collect();
        let there = match (self.files.as_slice(), self.annotations().as_slice()) {
            ([], []) if self.left_out.iter().any(|out| matches!(out.why, Reason::CopyOf(_))) => {
                format!("what is in {} are the photos themselves", quoted(folder))
            }
            ([], []) => format!("there is no picture in {}", quoted(folder)),
            ([], annotations) => format!(
                "{} holds annotations, not masks ({}): export them as PNG, one for each photo",
                quoted(folder),
                some(annotations)
            ),
            ([first, rest @ ..], _) => {
                let verb = if rest.is_empty() { "is" } else { "are" };
                let pictures = count(self.files.len(), "picture");
                format!("{pictures} there {verb} called otherwise, such as {}", quoted(&first.path.join("/")))
            }
        };
        format!(
            "no photo has a mask: for {} it was looked for at {} (or {}_mask.png, {name}.png, in any format that is read); {there}",
            quoted(&photo.name()),
            looked.join(", "),
            stem(name)
        )
    }

    /// Files that describe regions but are not pictures.
    fn annotations(&self) -> Vec<&str> {
        let is = |path: &str| {
            path.rsplit_once('.')
                .is_some_and(|(_, ending)| ANNOTATIONS.iter().any(|one| ending.eq_ignore_ascii_case(one)))
        };
        self.left_out.iter().map(|out| out.path.as_str()).filter(|path| is(path)).collect()
    }
}

/// The places where the mask of a photo may lie, the likeliest first.
#[derive(Clone, Copy)]
enum Tier {
    /// A folder of the same path.
    Same,
    /// The same path, ignoring folders whose names only say that they contain masks or photos.
    Home,
    /// The folder of the class, without groups.
    Class,
    /// No folder.
    Flat,
}

type Index<'a> = HashMap<(&'a [String], &'a str), Vec<usize>>;

impl Tier {
    fn index<'a>(self, masks: &'a [NormalPath], free: &[usize]) -> Index<'a> {
        let mut index: Index<'a> = HashMap::new();
        for &mask in free {
            let place = &masks[mask];
            let folders = if matches!(self, Self::Same) { &place.folders } else { &place.home };
            for name in place.called() {
                index.entry((folders.as_slice(), name)).or_default().push(mask);
            }
        }
        index
    }

    fn find(self, index: &Index<'_>, photo: &NormalPath) -> Vec<usize> {
        let folders = match self {
            Self::Same => &photo.folders[..],
            Self::Home => &photo.home[..],
            Self::Class => &photo.home[..photo.home.len().min(1)],
            Self::Flat => &[],
        };
        let mut found: Vec<usize> = [&photo.stem, &photo.whole]
            .iter()
            .filter_map(|name| index.get(&(folders, name.as_str())))
            .flatten()
            .copied()
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The path of a photo or of a copy of it.
struct Name<'a> {
    file: &'a str,
    place: NormalPath,
}

impl<'a> Name<'a> {
    fn of(path: &'a [String]) -> Self {
        Self { file: file_name(path), place: NormalPath::of(path) }
    }
}

fn file_name(path: &[String]) -> &str {
    path.last().map_or("", String::as_str)
}

/// The exact matches if there are any, else all.
fn best(found: Vec<usize>, is_exact: impl Fn(usize) -> bool) -> Vec<usize> {
    let exact: Vec<usize> = found.iter().copied().filter(|&mask| is_exact(mask)).collect();
    if exact.is_empty() { found } else { exact }
}
