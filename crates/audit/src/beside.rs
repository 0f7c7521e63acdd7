//! Detection of masks that lie among the photos, by name and place.

use std::collections::{HashMap, HashSet};

use candling_imaging::Format;

use crate::listing::PictureFile;
use crate::names::key;
use crate::place::{NormalPath, mask_folder};

/// Lossless formats, which masks need.
const LOSSLESS: [Format; 4] = [Format::Png, Format::Bmp, Format::Gif, Format::Tiff];

/// Returns the indices of the files that are masks.
pub(crate) fn masks(pictures: &[PictureFile<'_>]) -> HashSet<usize> {
    let all: Vec<One<'_>> =
        pictures.iter().map(|picture| One { picture, place: NormalPath::of(picture.path) }).collect();
    let mut masks = in_folders(&all);
    let left: Vec<&One<'_>> = all.iter().filter(|one| !masks.contains(&one.picture.file)).collect();
    masks.extend(beside_photos(&left));
    masks
}

struct One<'a> {
    picture: &'a PictureFile<'a>,
    place: NormalPath,
}

impl One<'_> {
    /// Whether it is in a lossless format, or is named like a mask.
    fn may_be_mask(&self) -> bool {
        LOSSLESS.contains(&self.picture.format) || self.place.base.is_some()
    }
}

/// Masks in the folder of their photo: `cat_mask.png`, `cat.png` or `cat.jpg.png` beside `cat.jpg`.
fn beside_photos(all: &[&One<'_>]) -> Vec<usize> {
    // pictures by folder and name, with and without the extension
    let mut by_name: HashMap<(&[String], &str), Vec<&One<'_>>> = HashMap::new();
    for one in all {
        let folders = one.place.folders.as_slice();
        by_name.entry((folders, &one.place.stem)).or_default().push(one);
        if one.place.whole != one.place.stem {
            by_name.entry((folders, &one.place.whole)).or_default().push(one);
        }
    }
    let is_mask = |one: &&&One<'_>| {
        let any = |name: &str, is: &dyn Fn(&One<'_>) -> bool| {
            let found = by_name.get(&(one.place.folders.as_slice(), name));
            found.into_iter().flatten().any(|other| other.picture.file != one.picture.file && is(other))
        };
        let NormalPath { stem, base, .. } = &one.place;
        let differs = |other: &One<'_>| other.picture.format != Format::Png || other.place.whole == *stem;
        base.as_deref().is_some_and(|base| any(base, &|_| true))
            || one.picture.format == Format::Png && any(stem, &differs)
    };
    all.iter().filter(is_mask).map(|one| one.picture.file).collect()
}

/// Masks in mask folders: all pictures of a folder more than half of whose pictures belong to one elsewhere.
fn in_folders(all: &[One<'_>]) -> HashSet<usize> {
    // by the path of the mask folder; a nested one is part of the outer one
    let mut folders: HashMap<Vec<String>, Vec<&One<'_>>> = HashMap::new();
    for one in all {
        let names = &one.place.folders;
        if let Some(at) = names.iter().position(|name| mask_folder(name).is_some()) {
            folders.entry(names[..=at].to_vec()).or_default().push(one);
        }
    }
    let others: Vec<&One<'_>> =
        all.iter().filter(|one| !one.place.folders.iter().any(|name| mask_folder(name).is_some())).collect();
    let classes: HashSet<&String> = others.iter().filter_map(|one| one.place.folders.first()).collect();
    let index = Index::of(&others);
    let mut masks = HashSet::new();
    for (folder, inside) in folders {
        let name = folder.last().map(|name| key(name)).unwrap_or_default();
        let of = mask_folder(&name).unwrap_or_default();
        let plural = name.ends_with('s') || name.starts_with("segmentation");
        // `no_mask` without a folder `no` beside it is an ordinary folder
        let beside = [&folder[..folder.len() - 1], std::slice::from_ref(&of)].concat();
        if !of.is_empty() && !others.iter().any(|one| one.place.folders.starts_with(&beside)) {
            continue;
        }
        let belongs = |one: &&&One<'_>| {
            if !one.may_be_mask() {
                return false;
            }
            let differs =
                |photo: &One<'_>| photo.picture.format != one.picture.format || one.place.base.is_some();
            let mirrored = index.at_home(one);
            // masks in the same format as the photos, in a folder that may as well be a class called `mask`
            if !mirrored.is_empty() {
                let sure = plural || of.is_empty() && folder.len() > 1;
                return sure || mirrored.iter().any(|photo| differs(photo));
            }
            match index.anywhere(one).as_slice() {
                [photo] => differs(photo) || plural && folder.len() == 1 && classes.len() > 1,
                _ => false,
            }
        };
        if 2 * inside.iter().filter(belongs).count() > inside.len() {
            masks.extend(inside.iter().map(|one| one.picture.file));
        }
    }
    masks
}

/// An index of pictures by the names that their masks may have.
struct Index<'a> {
    at_home: HashMap<(&'a [String], &'a str), Vec<&'a One<'a>>>,
    /// Pictures by class and name; also by name alone, under the empty class.
    anywhere: HashMap<(&'a str, &'a str), Vec<&'a One<'a>>>,
}

impl<'a> Index<'a> {
    fn of(photos: &[&'a One<'a>]) -> Self {
        let (mut at_home, mut anywhere) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        for &photo in photos {
            let place = &photo.place;
            let class = place.home.first().map_or("", String::as_str);
            let names = [place.stem.as_str(), place.whole.as_str()];
            for name in if names[0] == names[1] { &names[..1] } else { &names } {
                at_home.entry((place.home.as_slice(), *name)).or_default().push(photo);
                anywhere.entry(("", *name)).or_default().push(photo);
                if !class.is_empty() {
                    anywhere.entry((class, *name)).or_default().push(photo);
                }
            }
        }
        Self { at_home, anywhere }
    }

    /// The pictures with the mask's name in the folder where the mask would lie without mask folders.
    fn at_home(&self, mask: &One<'_>) -> Vec<&'a One<'a>> {
        let home = mask.place.home.as_slice();
        mask.place.called().filter_map(|name| self.at_home.get(&(home, name))).flatten().copied().collect()
    }

    /// The pictures with the mask's name in its class if it lies in a class folder, or anywhere if it lies in
    /// none.
    fn anywhere(&self, mask: &One<'_>) -> Vec<&'a One<'a>> {
        let class = match mask.place.home.as_slice() {
            [] => "",
            [class] => class,
            _ => return Vec::new(),
        };
        mask.place.called().filter_map(|name| self.anywhere.get(&(class, name))).flatten().copied().collect()
    }
}
