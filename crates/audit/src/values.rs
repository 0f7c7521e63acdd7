//! The raw values of a picture file, from which masks are made.

use std::io::Cursor;

use candling_imaging::{Format, MAX_PIXELS, probe};
use png::{BitDepth, ColorType, Decoder, Limits, Transformations};

use crate::mask::MaskError;

/// Values of a picture, row by row.
pub(crate) enum Values {
    /// Palette indices; `white` says of each index whether it is white, if all used colours are black or
    /// white.
    Palette { indices: Vec<u16>, white: Option<Vec<bool>> },
    /// Grey values as in the file, where `white` is the largest; alpha from 0 to 255, unless it is opaque
    /// everywhere.
    Grey { values: Vec<u16>, white: u16, alpha: Option<Vec<u8>> },
    /// Red, green and blue; `white` and alpha as for grey.
    Colour { values: Vec<[u16; 3]>, white: u16, alpha: Option<Vec<u8>> },
}

/// A picture as raw values.
pub(crate) struct RawPicture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) values: Values,
    /// Whether the format is lossless, so that every value is as it was written.
    pub(crate) exact: bool,
}

/// Reads a PNG without converting palette indices to colours.
pub(crate) fn of_png(bytes: &[u8]) -> Result<RawPicture, MaskError> {
    probe(bytes)?;
    let failed = |error: png::DecodingError| {
        MaskError::Damaged(error.to_string().to_lowercase().trim_end_matches('.').to_owned())
    };
    // the size was checked by `probe`: the bytes of the deepest pixels
    let limits = Limits { bytes: (MAX_PIXELS * 8) as usize };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::IDENTITY);
    let mut reader = decoder.read_info().map_err(failed)?;
    let size = reader.output_buffer_size().ok_or_else(|| MaskError::Damaged("it is too large".into()))?;
    let mut data = vec![0; size];
    let frame = reader.next_frame(&mut data).map_err(failed)?;
    let info = reader.info();
    let (width, height) = (frame.width, frame.height);
    let depth = frame.bit_depth as u32;
    let channels = frame.color_type.samples();
    let samples =
        samples(&data, frame.line_size, width as usize * channels, frame.bit_depth, height as usize);
    let white = u16::MAX >> (16 - depth);
    // the one value or colour that is transparent
    let see_through = info.trns.as_deref().unwrap_or_default();
    let key =
        |at: usize| see_through.get(2 * at..2 * at + 2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    let values = match frame.color_type {
        ColorType::Indexed => {
            let palette = info.palette.as_deref().unwrap_or_default();
            Values::Palette { white: black_and_white(&samples, palette), indices: samples }
        }
        ColorType::Grayscale => {
            let alpha = key(0)
                .map(|key| samples.iter().map(|&value| if value == key { 0 } else { u8::MAX }).collect());
            Values::Grey { values: samples, white, alpha }
        }
        ColorType::GrayscaleAlpha => {
            let alpha = samples.chunks_exact(2).map(|pixel| eighth(pixel[1], white)).collect();
            Values::Grey {
                values: samples.chunks_exact(2).map(|pixel| pixel[0]).collect(),
                white,
                alpha: Some(alpha),
            }
        }
        ColorType::Rgb => {
            let values: Vec<[u16; 3]> =
                samples.chunks_exact(3).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
            let key = key(0).zip(key(1)).zip(key(2)).map(|((red, green), blue)| [red, green, blue]);
            let alpha =
                key.map(|key| values.iter().map(|&value| if value == key { 0 } else { u8::MAX }).collect());
            Values::Colour { values, white, alpha }
        }
        ColorType::Rgba => {
            let alpha = samples.chunks_exact(4).map(|pixel| eighth(pixel[3], white)).collect();
            let values = samples.chunks_exact(4).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
            Values::Colour { values, white, alpha: Some(alpha) }
        }
    };
    Ok(RawPicture { width, height, values, exact: true }.plain())
}

/// The values of a picture that the caller decoded to RGBA.
pub(crate) fn of_rgba(
    width: u32,
    height: u32,
    rgba: &[u8],
    format: Option<Format>,
) -> Result<RawPicture, MaskError> {
    let pixels = width as usize * height as usize;
    if rgba.len() != 4 * pixels || pixels == 0 {
        return Err(MaskError::Damaged(format!("{} bytes for {width}x{height} pixels in RGBA", rgba.len())));
    }
    let values = rgba
        .chunks_exact(4)
        .map(|pixel| [u16::from(pixel[0]), u16::from(pixel[1]), u16::from(pixel[2])])
        .collect();
    let alpha = Some(rgba.chunks_exact(4).map(|pixel| pixel[3]).collect());
    let exact = matches!(format, Some(Format::Png | Format::Bmp | Format::Gif | Format::Tiff));
    Ok(RawPicture { width, height, values: Values::Colour { values, white: 255, alpha }, exact }.plain())
}

/// Largest difference between red, green and blue of a grey pixel after lossy compression.
const GREY_NOISE: u16 = 24;

impl RawPicture {
    /// Turns colours that are all grey into grey values, and drops an alpha that is opaque everywhere.
    fn plain(mut self) -> Self {
        if let Values::Grey { alpha, .. } | Values::Colour { alpha, .. } = &mut self.values
            && alpha.as_ref().is_some_and(|alpha| alpha.iter().all(|&value| value == u8::MAX))
        {
            *alpha = None;
        }
        let noise = if self.exact { 0 } else { GREY_NOISE };
        self.values = match self.values {
            Values::Colour { values, white, alpha } if is_grey(&values, alpha.as_deref(), noise) => {
                Values::Grey { values: values.iter().map(|pixel| pixel[1]).collect(), white, alpha }
            }
            values => values,
        };
        self
    }
}

/// Whether all visible pixels are grey; the colour of fully transparent ones does not count.
fn is_grey(values: &[[u16; 3]], alpha: Option<&[u8]>, noise: u16) -> bool {
    values.iter().enumerate().all(|(at, &[red, green, blue])| {
        let hidden = alpha.is_some_and(|alpha| alpha[at] == 0);
        hidden || red.max(green).max(blue) - red.min(green).min(blue) <= noise
    })
}

/// Unpacks samples of any bit depth, row by row; each row starts at a new byte.
fn samples(data: &[u8], line: usize, across: usize, depth: BitDepth, rows: usize) -> Vec<u16> {
    let bits = depth as usize;
    let row = |row: &[u8]| -> Vec<u16> {
        match depth {
            BitDepth::Sixteen => {
                row.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).take(across).collect()
            }
            BitDepth::Eight => row.iter().take(across).map(|&value| u16::from(value)).collect(),
            _ => (0..across)
                .map(|at| {
                    u16::from(row[at * bits / 8] >> (8 - bits - at * bits % 8) & (u8::MAX >> (8 - bits)))
                })
                .collect(),
        }
    };
    data.chunks_exact(line.max(1)).take(rows).flat_map(row).collect()
}

/// Scales a sample of any bit depth to eight bits.
fn eighth(value: u16, white: u16) -> u8 {
    (u32::from(value) * 255 / u32::from(white)) as u8
}

/// Returns for each index whether its colour is white, if all used colours are black or white and both are
/// used.
fn black_and_white(indices: &[u16], palette: &[u8]) -> Option<Vec<bool>> {
    let mut used = [false; 256];
    for &index in indices {
        *used.get_mut(usize::from(index))? = true;
    }
    let colours: Vec<&[u8]> = palette.chunks_exact(3).collect();
    let is = |index: usize, value: u8| {
        colours.get(index).is_some_and(|colour| colour.iter().all(|&one| one == value))
    };
    let used: Vec<usize> = (0..256).filter(|&index| used[index]).collect();
    let plain = used.iter().all(|&index| is(index, 0) || is(index, u8::MAX));
    let both = used.iter().any(|&index| is(index, 0)) && used.iter().any(|&index| is(index, u8::MAX));
    (plain && both).then(|| (0..256).map(|index| is(index, u8::MAX)).collect())
}
