//! The rules of an audit of a folder of photos, shared by the native command and the web page.
//!
//! ```text
//! paths, first bytes --sort--> Sorted           photos of classes, masks among them, what is passed over and why
//! Sorted, contents --take_once--> Sorted         no photo counted twice
//! paths, first bytes --Masks::of--> Masks       a folder of masks
//! Masks, photos --Masks::pairs--> Pairs         which mask is whose, or why that is not known
//! a PNG, or RGBA --mask_of_png--> Mask          which pixels are inside, and by which rule
//! answers, shares --Mean--> intervals           how far a mean over few photos can be trusted
//! ```
//!
//! The crate's README has the layouts and rules. Paths are lists of names relative to the given folder, so
//! that they are the same on every system.
//!
//! ```
//! use candling_audit::{Masks, Pair, READ, sort};
//!
//! let path = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
//! let files = ["cats/tom.jpg", "cats/tom_mask.png", "dogs/rex.jfif", "dogs/notes.txt"].map(path);
//! let heads: [&[u8]; 4] = [b"\xFF\xD8\xFF\xE0", b"\x89PNG\r\n\x1A\n", b"\xFF\xD8\xFF\xE0", b"words"];
//! let sorted = sort(&files, &[], &READ, |file| Ok(heads[file].to_vec()));
//! assert_eq!(sorted.classes, ["cats", "dogs"]);
//! assert_eq!(sorted.photos.iter().map(|photo| photo.name()).collect::<Vec<_>>(), ["cats/tom.jpg", "dogs/rex.jfif"]);
//! assert_eq!(sorted.left_out.iter().map(|out| out.why.code()).collect::<Vec<_>>(), ["mask", "not-a-picture"]);
//! assert_eq!(Masks::beside(&sorted).pairs(&sorted.photos).of, [Pair::One(0), Pair::None]);
//! ```

#![deny(missing_docs)]
#![forbid(unsafe_code)]
// a test may stop at the first surprise
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod basis;
mod beside;
mod copies;
mod listing;
mod mask;
pub mod names;
mod pairs;
mod place;
mod reason;
mod stats;
mod tally;
mod values;
pub mod words;

pub use listing::{HEAD_BYTES, MaskFile, Photo, READ, Sorted, passed_by_name, sort};
pub use mask::{Mask, MaskError, Rule, fits, mask_of_png, mask_of_rgba};
pub use pairs::{Masks, Pair, Pairs};
pub use reason::{LeftOut, Reason, in_words};
pub use stats::{BOOTSTRAP, HANDFUL, Mean, TOO_FEW, WILSON, bootstrap, wilson};
pub use tally::{Outcome, Tally};
