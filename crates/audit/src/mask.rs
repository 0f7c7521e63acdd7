//! Masks: which pixels are inside the region, and by which rule.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use candling_imaging::Format;

use crate::values::{RawPicture, Values, of_png, of_rgba};

/// The rule that decides which pixels are inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Pixels brighter than half, in a black and white mask.
    White,
    /// Every value but 0, in a mask of two values.
    NotZero,
    /// Every palette index but 0.
    Palette,
    /// Every colour but black.
    Colour,
    /// Opaque pixels, in a mask with a transparent background.
    Opaque,
    /// One grey value or palette index, given by the user.
    Value(u16),
}

impl Rule {
    /// A stable identifier for programs: `white`, `not-zero`, `palette`, `colour`, `opaque`, `value`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::White => "white",
            Self::NotZero => "not-zero",
            Self::Palette => "palette",
            Self::Colour => "colour",
            Self::Opaque => "opaque",
            Self::Value(_) => "value",
        }
    }
}

impl Rule {
    /// The text for a table cell: the code, with the value for `Value`.
    #[must_use]
    pub fn written(self) -> String {
        match self {
            Self::Value(value) => format!("value {value}"),
            rule => rule.code().to_owned(),
        }
    }

    /// Parses the text of [`Rule::written`]; `None` for any other.
    #[must_use]
    pub fn read(cell: &str) -> Option<Self> {
        let rules = [Self::White, Self::NotZero, Self::Palette, Self::Colour, Self::Opaque];
        match cell.strip_prefix("value ") {
            Some(value) => value.parse().ok().map(Self::Value),
            None => rules.into_iter().find(|known| known.code() == cell),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::White => f.write_str("white is inside"),
            Self::NotZero => f.write_str("every value but 0 is inside"),
            Self::Palette => f.write_str("every palette index but 0 is inside"),
            Self::Colour => f.write_str("every colour but black is inside"),
            Self::Opaque => f.write_str("what is opaque is inside"),
            Self::Value(value) => write!(f, "value {value} is inside"),
        }
    }
}

/// The reason why a picture is not a mask.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MaskError {
    /// A picture that cannot be read.
    #[error(transparent)]
    Imaging(#[from] candling_imaging::Error),
    /// A damaged or truncated file.
    #[error("the mask is damaged: {0}")]
    Damaged(String),
    /// A grey picture of several values that is not black and white.
    #[error(
        "it has the values {0}: which of them is inside is not known; name it (--mask-value on the command line), or save the mask in black and white"
    )]
    Labels(String),
    /// A colour picture in which no colour stands for outside.
    #[error("it has {0}: a mask has one colour for each thing, on black; save it in black and white")]
    Colours(String),
    /// A value was given, but a colour picture has no values to compare it with.
    #[error("its colours have no values to compare {0} with; save it in grey or with a palette")]
    NoValues(u16),
}

/// A region of a photo, as a mask of the whole photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// 1 inside and 0 outside, row by row.
    pub inside: Vec<u8>,
    /// The rule that decided it.
    pub rule: Rule,
}

impl Mask {
    /// Whether any pixel is inside. A mask without one counts as none.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        self.inside.contains(&1)
    }
}

/// Reads a mask in PNG. `value` is the one value or palette index that is inside; without it the rule is
/// inferred, see the crate's README.
///
/// # Errors
/// `Labels` and `Colours` if it is unclear what is inside; `NoValues` if `value` is given for a colour
/// picture; the others for a file that is not a PNG or is damaged.
pub fn mask_of_png(bytes: &[u8], value: Option<u16>) -> Result<Mask, MaskError> {
    mask_from(of_png(bytes)?, value)
}

/// The mask in an already decoded picture: `width·height` pixels of RGBA, from a file of this format.
///
/// # Errors
/// As [`mask_of_png`].
pub fn mask_of_rgba(
    width: u32,
    height: u32,
    rgba: &[u8],
    format: Option<Format>,
    value: Option<u16>,
) -> Result<Mask, MaskError> {
    mask_from(of_rgba(width, height, rgba, format)?, value)
}

/// Whether a mask of one size has to be scaled for a photo of another: `Ok(false)` if the sizes are equal,
/// `Ok(true)` if the proportions are.
///
/// # Errors
/// A message if the proportions differ.
pub fn fits(mask: (u32, u32), photo: (u32, u32)) -> Result<bool, String> {
    let [mw, mh, pw, ph] = [mask.0, mask.1, photo.0, photo.1].map(u64::from);
    if mask == photo {
        return Ok(false);
    }
    // the shorter side of a mask that was made smaller or larger is rounded to a pixel
    if (mw * ph).abs_diff(mh * pw) <= pw.max(ph) {
        return Ok(true);
    }
    let turned = if (mw * pw).abs_diff(mh * ph) <= pw.max(ph) {
        ", which lies on its side: turn it as the photo is seen (photos are turned by their EXIF orientation)"
    } else {
        "; it is to have the photo's proportions"
    };
    Err(format!("a mask of {mw}x{mh} for a photo of {pw}x{ph}{turned}"))
}

/// Alpha up to which a pixel counts as transparent.
const HALF: u8 = 127;

/// Number of colours above which a picture is taken for a photo.
const MOST_COLOURS: usize = 256;

/// A value between black and white is a label, not an edge, if it has more than one pixel in `LABEL_SHARE`
/// and more than `LABEL_PIXELS` pixels.
const LABEL_SHARE: usize = 50;
const LABEL_PIXELS: usize = 16;

fn mask_from(
    RawPicture { width, height, values, exact }: RawPicture,
    value: Option<u16>,
) -> Result<Mask, MaskError> {
    let (inside, rule) = match (values, value) {
        (Values::Palette { indices, .. }, Some(value)) => {
            (each_is(&indices, |index| index == value), Rule::Value(value))
        }
        (Values::Palette { indices, white: Some(white) }, None) => {
            (each_is(&indices, |index| white[usize::from(index)]), Rule::White)
        }
        (Values::Palette { indices, white: None }, None) => {
            (each_is(&indices, |index| index != 0), Rule::Palette)
        }
        (Values::Grey { values, alpha, .. }, Some(value)) => {
            (without_transparent(each_is(&values, |one| one == value), alpha.as_deref()), Rule::Value(value))
        }
        (Values::Grey { values, white, alpha }, None) => grey(&values, white, alpha.as_deref(), exact)?,
        (Values::Colour { .. }, Some(value)) => return Err(MaskError::NoValues(value)),
        (Values::Colour { values, white, alpha }, None) => colour(&values, white, alpha.as_deref(), exact)?,
    };
    Ok(Mask { width, height, inside, rule })
}

fn each_is<T: Copy>(values: &[T], is: impl Fn(T) -> bool) -> Vec<u8> {
    values.iter().map(|&value| u8::from(is(value))).collect()
}

/// Removes transparent pixels from the region.
fn without_transparent(mut inside: Vec<u8>, alpha: Option<&[u8]>) -> Vec<u8> {
    for (inside, &alpha) in inside.iter_mut().zip(alpha.unwrap_or_default()) {
        *inside &= u8::from(alpha > HALF);
    }
    inside
}

fn grey(values: &[u16], white: u16, alpha: Option<&[u8]>, exact: bool) -> Result<(Vec<u8>, Rule), MaskError> {
    let bright = |value: u16| value > white / 2;
    let mut amounts: BTreeMap<u16, usize> = BTreeMap::new();
    for (at, &value) in values.iter().enumerate() {
        if alpha.is_none_or(|alpha| alpha[at] > HALF) {
            *amounts.entry(value).or_default() += 1;
        }
    }
    let both = amounts.keys().any(|&value| bright(value)) && amounts.keys().any(|&value| !bright(value));
    if let Some(alpha) = alpha
        && !both
        && alpha.iter().any(|&alpha| alpha <= HALF)
    {
        return Ok((each_is(alpha, |alpha| alpha > HALF), Rule::Opaque));
    }
    let used: Vec<u16> = amounts.keys().copied().collect();
    let rule = match used.as_slice() {
        // all black, or black and white
        [] | [0] => Rule::White,
        &[0, one] | &[one] if one == white => Rule::White,
        [0, _] | [1] => Rule::NotZero,
        _ if is_black_and_white(&amounts, white, exact) => Rule::White,
        _ => return Err(MaskError::Labels(listed(&used))),
    };
    let inside = each_is(values, |value| if rule == Rule::White { bright(value) } else { value != 0 });
    Ok((without_transparent(inside, alpha), rule))
}

/// Whether the values are black and white with soft edges rather than labels: white is there, and no value
/// between covers an area.
fn is_black_and_white(amounts: &BTreeMap<u16, usize>, white: u16, exact: bool) -> bool {
    if !exact {
        return true;
    }
    let pixels: usize = amounts.values().sum();
    let area = (pixels / LABEL_SHARE).max(LABEL_PIXELS);
    let between = amounts.iter().filter(|&(&value, _)| value != 0 && value != white);
    amounts.keys().any(|&value| value >= white - white / 8)
        && between.clone().all(|(_, &amount)| amount <= area)
}

fn colour(
    values: &[[u16; 3]],
    white: u16,
    alpha: Option<&[u8]>,
    exact: bool,
) -> Result<(Vec<u8>, Rule), MaskError> {
    if let Some(alpha) = alpha
        && alpha.iter().any(|&alpha| alpha <= HALF)
    {
        return Ok((each_is(alpha, |alpha| alpha > HALF), Rule::Opaque));
    }
    let mut used: HashSet<[u16; 3]> = HashSet::new();
    for &value in values {
        if used.len() <= MOST_COLOURS {
            used.insert(value);
        }
    }
    // lossy formats change black a little
    let black = if exact { 0 } else { white / 8 };
    let is_black = |value: [u16; 3]| value.iter().all(|&channel| channel <= black);
    if exact && used.len() > MOST_COLOURS {
        return Err(MaskError::Colours(format!("more than {MOST_COLOURS} colours, as a photo")));
    }
    if !exact || !used.iter().any(|&value| is_black(value)) {
        return Err(MaskError::Colours(if exact {
            "colours, and no black".into()
        } else {
            "colours, in a format that blurs them".into()
        }));
    }
    Ok((each_is(values, |value| !is_black(value)), Rule::Colour))
}

/// The values as text: `0, 1, 2, 3` or `0, 1, 2, 3 and 20 more`.
fn listed(values: &[u16]) -> String {
    let first: Vec<String> = values.iter().take(6).map(u16::to_string).collect();
    let more = values.len().saturating_sub(first.len());
    let first = first.join(", ");
    if more == 0 { first } else { format!("{first} and {more} more") }
}
