//! Names and folders of a picture, normalised to pair masks with photos.

use crate::names::{decomposed, key};

/// Words that mark a file name as that of a mask, before or after the name of its photo.
const WORDS: [&str; 3] = ["mask", "seg", "segmentation"];

/// Separators between such a word and the name.
const JOINTS: [char; 4] = ['_', '-', '.', ' '];

/// Names of mask folders, by their [`key`].
const MASK_FOLDERS: [&str; 6] =
    ["mask", "masks", "segmentation", "segmentations", "segmentationclass", "segmentationobject"];

/// Names of photo folders, beside which mask folders lie.
const PHOTO_FOLDERS: [&str; 7] = ["image", "images", "photo", "photos", "picture", "pictures", "jpegimages"];

/// The rest of the name of a mask folder: empty for `masks`, `cats` for `cats_masks`; `None` if the name is
/// not that of a mask folder.
pub(crate) fn mask_folder(name: &str) -> Option<String> {
    let name = key(name);
    if MASK_FOLDERS.contains(&name.as_str()) {
        return Some(String::new());
    }
    ["mask", "masks"].iter().find_map(|word| behind(&name, word)).map(str::to_owned)
}

/// The name and folders of a picture, by their [`key`]s.
#[derive(Debug, Clone)]
pub(crate) struct NormalPath {
    /// All folders.
    pub(crate) folders: Vec<String>,
    /// The folders without those whose names only say that they contain masks or photos.
    pub(crate) home: Vec<String>,
    /// The name with its extension.
    pub(crate) whole: String,
    /// The name without its extension.
    pub(crate) stem: String,
    /// The stem without a mask word, if it has one.
    pub(crate) base: Option<String>,
    /// Stem and base in their original case.
    exact: (String, Option<String>),
}

impl NormalPath {
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

    /// The names that the photo of this mask may have, with or without extension.
    pub(crate) fn called(&self) -> impl Iterator<Item = &str> {
        [Some(self.stem.as_str()), self.base.as_deref()].into_iter().flatten()
    }

    /// Whether the name is exactly that of a photo, in the same case.
    pub(crate) fn is_called_exactly(&self, photo: &str) -> bool {
        let photo = decomposed(photo);
        [Some(self.exact.0.as_str()), self.exact.1.as_deref()]
            .into_iter()
            .flatten()
            .any(|name| name == photo || name == stem(&photo))
    }
}

/// The name without its extension; unchanged if it has none or is nothing else.
pub(crate) fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// The name without its mask word, `cat` for `cat_mask`, `cat.mask` or `mask-cat`; `None` if it has no such
/// word.
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

    fn place(path: &str) -> NormalPath {
        NormalPath::of(&path.split('/').map(str::to_owned).collect::<Vec<_>>())
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
