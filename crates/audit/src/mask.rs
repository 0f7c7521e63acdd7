//! Which pixels of a mask are inside, and by which rule.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use candling_imaging::Format;

use crate::values::{Picture, Values, of_png, of_rgba};

/// How it was told which pixels are inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Brighter than half, in black and white.
    White,
    /// Every value but 0, of two.
    NotZero,
    /// Every index of a palette but 0.
    Palette,
    /// Every colour but black.
    Colour,
    /// What is opaque, of a drawing on nothing.
    Opaque,
    /// One value or index, which somebody named.
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
    /// For a cell of a file: its code, with the value where one was named.
    #[must_use]
    pub fn written(self) -> String {
        match self {
            Self::Value(value) => format!("value {value}"),
            rule => rule.code().to_owned(),
        }
    }

    /// What [`Rule::written`] wrote; none of anything else.
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

/// Why a picture is no mask.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MaskError {
    /// Not a picture that can be read.
    #[error(transparent)]
    Imaging(#[from] candling_imaging::Error),
    /// A file that is not whole.
    #[error("the mask is damaged: {0}")]
    Damaged(String),
    /// Grey of several values that are no black and white.
    #[error(
        "it has the values {0}: which of them is inside is not known; name it (--mask-value on the command line), or save the mask in black and white"
    )]
    Labels(String),
    /// Colours of which none stands for outside.
    #[error("it has {0}: a mask has one colour for each thing, on black; save it in black and white")]
    Colours(String),
    /// A value was named, and there are none to compare it with.
    #[error("its colours have no values to compare {0} with; save it in grey or with a palette")]
    NoValues(u16),
}

/// A region of a photo, over the whole of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// 1 inside and 0 outside, row by row.
    pub inside: Vec<u8>,
    /// How that was told.
    pub rule: Rule,
}

impl Mask {
    /// Whether anything is inside. A mask with nothing inside is none.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        self.inside.contains(&1)
    }
}

/// Reads a mask in PNG. `value` is the one value or palette index that is inside; without it a rule is found, see the crate's README.
///
/// # Errors
/// `Labels` and `Colours` where it is not known what is inside; all others for what is no PNG or not whole.
pub fn mask_of_png(bytes: &[u8], value: Option<u16>) -> Result<Mask, MaskError> {
    told(of_png(bytes)?, value)
}

/// The mask in a picture that was decoded already: `width·height` pixels of RGBA, from a file of this format.
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
    told(of_rgba(width, height, rgba, format)?, value)
}

/// Whether a mask of one size fits a photo of another: `Ok(false)` where they are the same, `Ok(true)` where it is the photo's but for scale.
///
/// # Errors
/// In words, where it is not.
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

/// Half of the way from nothing to opaque.
const HALF: u8 = 127;

/// More colours than this are a photo's.
const MOST_COLOURS: usize = 256;

/// A value between black and white that is more than this share of the pixels, and more than so many, is a label rather than an edge.
const LABEL_SHARE: usize = 50;
const LABEL_PIXELS: usize = 16;

fn told(Picture { width, height, values, exact }: Picture, value: Option<u16>) -> Result<Mask, MaskError> {
    let (inside, rule) = match (values, value) {
        (Values::Palette { indices, .. }, Some(value)) => {
            (those(&indices, |index| index == value), Rule::Value(value))
        }
        (Values::Palette { indices, white: Some(white) }, None) => {
            (those(&indices, |index| white[usize::from(index)]), Rule::White)
        }
        (Values::Palette { indices, white: None }, None) => {
            (those(&indices, |index| index != 0), Rule::Palette)
        }
        (Values::Grey { values, alpha, .. }, Some(value)) => {
            (seen(those(&values, |one| one == value), alpha.as_deref()), Rule::Value(value))
        }
        (Values::Grey { values, white, alpha }, None) => grey(&values, white, alpha.as_deref(), exact)?,
        (Values::Colour { .. }, Some(value)) => return Err(MaskError::NoValues(value)),
        (Values::Colour { values, white, alpha }, None) => colour(&values, white, alpha.as_deref(), exact)?,
    };
    Ok(Mask { width, height, inside, rule })
}

fn those<T: Copy>(values: &[T], is: impl Fn(T) -> bool) -> Vec<u8> {
    values.iter().map(|&value| u8::from(is(value))).collect()
}

/// Without what is see-through.
fn seen(mut inside: Vec<u8>, alpha: Option<&[u8]>) -> Vec<u8> {
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
        return Ok((those(alpha, |alpha| alpha > HALF), Rule::Opaque));
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
    let inside = those(values, |value| if rule == Rule::White { bright(value) } else { value != 0 });
    Ok((seen(inside, alpha), rule))
}

/// Black and white with edges between, rather than labels: white is there, and no value between covers an area.
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
        return Ok((those(alpha, |alpha| alpha > HALF), Rule::Opaque));
    }
    let mut used: HashSet<[u16; 3]> = HashSet::new();
    for &value in values {
        if used.len() <= MOST_COLOURS {
            used.insert(value);
        }
    }
    // what a format made of black that loses something
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
    Ok((those(values, |value| !is_black(value)), Rule::Colour))
}

/// `0, 1, 2, 3` or `0, 1, 2, 3 and 20 more`.
fn listed(values: &[u16]) -> String {
    let first: Vec<String> = values.iter().take(6).map(u16::to_string).collect();
    let more = values.len().saturating_sub(first.len());
    let first = first.join(", ");
    if more == 0 { first } else { format!("{first} and {more} more") }
}
