//! Training a head and judging a model, as JavaScript sees it. Conversions only: every decision is made in
//! the crates below.
//!
//! Folders and masks are read here too, by the rules of `candling-audit`, as in the command.
//!
//! The networks run in `candling-wasm`. This module takes the features and maps that they computed, and is
//! fetched only by the pages that train.
//!
//! Failures are thrown as a real `Error` with a stable `code`.

mod folder;
mod judge;
mod mask;
mod model;
mod training;

pub use folder::{Listing, bad_names, basis_words, head_bytes, is_passed_over, mask_words};
pub use judge::{Mean, evidence_share, interval_words, mean_of_answers, mean_of_shares};
pub use mask::{Mask, is_png, is_scaled, of_pixels, of_png};
pub use model::with_head;
pub use training::{Head, split, train};
