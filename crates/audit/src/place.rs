//! Where a picture lies, as far as masks and photos are told to belong together.

use crate::names::{decomposed, key};

/// Words by which a mask is called after its photo, before its name or behind it.
const WORDS: [&str; 3] = ["mask", "seg", "segmentation"];

/// What may stand between such a word and the name.
const JOINTS: [char; 4] = ['_', '-', '.', ' '];

/// Folders of masks, by their [`key`].
const MASK_FOLDERS: [&str; 6] =
    ["mask", "masks", "segmentation", "segmentations", "segmentationclass", "segmentationobject"];

/// Folders of photos, beside which those of masks lie.
const PHOTO_FOLDERS: [&str; 7] = ["image", "images", "photo", "photos", "picture", "pictures", "jpegimages"];

/// A folder that holds masks by its name: what it is called without that, which is nothing for `masks`, `cats` for `cats_masks`.
pub(crate) fn mask_folder(name: &str) -> Option<String> {
    let name = key(name);
    if MASK_FOLDERS.contains(&name.as_str()) {
        return Some(String::new());
    }
    ["mask", "masks"].iter().find_map(|word| behind(&name, word)).map(str::to_owned)
}

/// A picture's name and folders, by their [`key`]s.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Folders as they are.
    pub(crate) folders: Vec<String>,
    /// The same without those that only say that there are masks in them, or photos.
    pub(crate) home: Vec<String>,
    /// The whole name.
    pub(crate) whole: String,
    /// Without its ending.
    pub(crate) stem: String,
    /// The stem without a word for masks, if it has one.
    pub(crate) base: Option<String>,
    /// Stem and base with upper and lower case.
    exact: (String, Option<String>),
}

impl Place {
    pub(crate) fn of(path: &[String]) -> Self {
        let (name, folders) =
            path.split_last().map_or(("", [].as_slice()), |(name, folders)| (name.as_str(), folders));
        let home = folders.iter().filter_map(|folder| {
            let name = key(folder);
            if PHOTO_FOLDERS.contains(&name.as_str()) {
                return None;
            }
            mask_folder(&name).map_or(Some(name), |of| (!of.is_empty()).then_some(of))
        });
        let exact = decomposed(stem(name));
        let plain = |stem: &str| base(stem).map(str::to_owned);
        let folded = key(stem(name));
        Self {
            folders: folders.iter().map(|folder| key(folder)).collect(),
            home: home.collect(),
            whole: key(name),
            base: plain(&folded),
            stem: folded,
            exact: (exact.clone(), plain(&exact)),
        }
    }

    /// The names that its photo may have, without its ending or with it.
    pub(crate) fn called(&self) -> impl Iterator<Item = &str> {
        [Some(self.stem.as_str()), self.base.as_deref()].into_iter().flatten()
    }

    /// Whether it is called after a photo to the letter, upper and lower case as there.
    pub(crate) fn is_called_exactly(&self, photo: &str) -> bool {
        let photo = decomposed(photo);
        [Some(self.exact.0.as_str()), self.exact.1.as_deref()]
            .into_iter()
            .flatten()
            .any(|name| name == photo || name == stem(&photo))
    }
}

/// A name without its ending; a name that has none, or nothing but one, is whole.
pub(crate) fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// `cat` of `cat_mask`, `cat.mask`, `mask-cat`; none where there is no such word.
fn base(stem: &str) -> Option<&str> {
    WORDS
        .iter()
        .find_map(|word| behind(stem, word).or_else(|| before(stem, word)))
        .filter(|base| !base.is_empty())
}

fn behind<'a>(name: &'a str, word: &str) -> Option<&'a str> {
    let at = name.len().checked_sub(word.len())?;
    let (rest, end) = (name.get(..at)?, name.get(at..)?);
    end.eq_ignore_ascii_case(word).then(|| rest.strip_suffix(JOINTS))?
}

fn before<'a>(name: &'a str, word: &str) -> Option<&'a str> {
    let (start, rest) = (name.get(..word.len())?, name.get(word.len()..)?);
    start.eq_ignore_ascii_case(word).then(|| rest.strip_prefix(JOINTS))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(path: &str) -> Place {
        Place::of(&path.split('/').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_mask_is_called_after_its_photo() {
        let based = [
            "cat_mask.png",
            "cat-MASK.png",
            "cat.mask.png",
            "cat mask.bmp",
            "mask_cat.png",
            "cat_segmentation.png",
            "cat.jpg_seg.png",
        ];
        let based = based.map(|name| place(name).base);
        let cat = Some("cat".to_owned());
        assert_eq!(based[..6], vec![cat; 6]);
        assert_eq!(based[6].as_deref(), Some("cat.jpg"));
        for none in ["catmask.png", "unmask.png", "mask.png", "_mask.png", "masks_1.png", "mask"] {
            assert_eq!(place(none).base, None, "{none}");
        }
    }

    #[test]
    fn folders_for_masks_and_photos_are_no_part_of_the_way_home() {
        for (path, home) in [
            ("cats/images/1.jpg", vec!["cats"]),
            ("Masks/Cats/red/1.png", vec!["cats", "red"]),
            ("cats_masks/1.png", vec!["cats"]),
            ("SegmentationClass/1.png", vec![]),
            ("no_mask/1.png", vec!["no"]),
            ("cats/1.png", vec!["cats"]),
        ] {
            assert_eq!(place(path).home, home, "{path}");
        }
    }

    #[test]
    fn endings() {
        assert_eq!(["a.jpg", "a", ".jpg", "a.b.jpg", "a."].map(stem), ["a", "a", ".jpg", "a.b", "a"]);
    }
}
