//! Reasons why something in a folder is not a photo of a class.

use candling_imaging::Format;

use crate::words::{count, some};

/// The reason why something is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A file or folder whose name begins with a dot.
    Hidden,
    /// A file or folder of the operating system: `Thumbs.db`, `desktop.ini`, `__MACOSX` and the like.
    System,
    /// An empty file.
    Empty,
    /// Not a picture, by content; the detected format, if any.
    NotAPicture(Option<Format>),
    /// A picture in an unsupported format.
    NotRead(Format),
    /// A picture beside the folders of the classes.
    BesideClasses,
    /// A mask, recognised by its name and place.
    Mask,
    /// A folder in place of a class folder that contains no photo.
    NoPhotos,
    /// A link to a folder that was already read.
    Twice,
    /// A photo with the same bytes as the one at this path.
    CopyOf(String),
    /// A photo with the same bytes as those at these paths, which are in other classes.
    InOtherClasses(Vec<String>),
    /// A file or folder that could not be read; the reason.
    Unreadable(String),
}

impl Reason {
    /// A stable identifier for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::System => "system",
            Self::Empty => "empty",
            Self::NotAPicture(_) => "not-a-picture",
            Self::NotRead(_) => "format-not-read",
            Self::BesideClasses => "beside-classes",
            Self::Mask => "mask",
            Self::NoPhotos => "no-photos",
            Self::Twice => "read-already",
            Self::CopyOf(_) => "copy",
            Self::InOtherClasses(_) => "in-two-classes",
            Self::Unreadable(_) => "unreadable",
        }
    }

    /// The reason as the end of a sentence that begins with the file.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Hidden => "hidden: its name begins with a dot".into(),
            Self::System => "left there by the system".into(),
            Self::Empty => "an empty file".into(),
            Self::NotAPicture(None) => "not a picture".into(),
            Self::NotAPicture(Some(format)) => format!("not a picture ({format})"),
            Self::NotRead(format) => {
                format!("a picture in {format}, which is not read here; convert it to JPEG or PNG")
            }
            Self::BesideClasses => {
                "beside the folders of the classes: of which class it is, is not known".into()
            }
            Self::Mask => "a mask, by its name and place".into(),
            Self::NoPhotos => "a folder without photos: no class".into(),
            Self::Twice => "a link to a folder that was read already".into(),
            Self::CopyOf(path) => format!("the same photo as {path}"),
            Self::InOtherClasses(others) => {
                format!(
                    "the same photo as {}, in another class: which of these it shows is not known",
                    some(others)
                )
            }
            Self::Unreadable(why) => format!("could not be read: {why}"),
        }
    }

    /// The reason for several entries, with their number.
    fn counted(&self, amount: usize) -> String {
        let verb = if amount == 1 { "is" } else { "are" };
        match self {
            Self::Hidden => format!("{amount} hidden"),
            Self::System => format!("{amount} left there by the system"),
            Self::Empty => count(amount, "empty file"),
            Self::NotAPicture(None) => {
                format!("{amount} {verb} {}", if amount == 1 { "no picture" } else { "no pictures" })
            }
            Self::NotAPicture(Some(format)) => format!("{amount} of {format}, which is no picture"),
            Self::NotRead(format) => format!("{amount} in {format}, which is not read here"),
            Self::BesideClasses => format!("{} beside the folders of the classes", count(amount, "picture")),
            Self::Mask => count(amount, "mask"),
            Self::NoPhotos => format!("{} without photos", count(amount, "folder")),
            Self::Twice => format!("{} to what was read already", count(amount, "link")),
            Self::CopyOf(_) => format!("{amount} {verb} there already"),
            Self::InOtherClasses(_) => format!("{amount} {verb} in several classes"),
            Self::Unreadable(_) => format!("{amount} could not be read"),
        }
    }
}

/// A file or folder that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Path below the folder of all classes, joined by `/`.
    pub path: String,
    /// The reason.
    pub why: Reason,
}

/// A sentence that lists what is left out, by reason: `left out: 2 in heic, which is not read here (a.heic,
/// b.heic); 1 mask (a_mask.png)`. Empty if nothing is.
#[must_use]
pub fn in_words(left_out: &[LeftOut]) -> String {
    let mut kinds: Vec<(&Reason, Vec<&str>)> = Vec::new();
    for LeftOut { path, why } in left_out {
        // entries of one kind may still differ in their details
        let counted = why.counted(1);
        match kinds.iter_mut().find(|(of, _)| of.counted(1) == counted) {
            Some((_, paths)) => paths.push(path),
            None => kinds.push((why, vec![path])),
        }
    }
    let parts: Vec<String> =
        kinds.iter().map(|(why, paths)| format!("{} ({})", why.counted(paths.len()), some(paths))).collect();
    if parts.is_empty() { String::new() } else { format!("left out: {}", parts.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_counted_and_named() {
        let out = |path: &str, why| LeftOut { path: path.into(), why };
        let all = [
            out("a.heic", Reason::NotRead(Format::Heic)),
            out("b.txt", Reason::NotAPicture(Some(Format::Text))),
            out("c.heic", Reason::NotRead(Format::Heic)),
            out("d", Reason::Unreadable("gone".into())),
            out("e", Reason::Unreadable("not allowed".into())),
            out("f.jpg", Reason::CopyOf("a.jpg".into())),
            out("g.jpg", Reason::CopyOf("b.jpg".into())),
            out("h.jpg", Reason::InOtherClasses(vec!["dogs/h.jpg".into()])),
        ];
        assert_eq!(
            in_words(&all),
            "left out: 2 in heic, which is not read here (a.heic, c.heic); 1 of plain text, which is no picture (b.txt); 2 could not be read (d, e); 2 are there already (f.jpg, g.jpg); 1 is in several classes (h.jpg)"
        );
        assert_eq!(in_words(&[]), "");
    }
}
