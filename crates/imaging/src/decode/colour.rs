//! Colour profiles of picture files, and conversion to sRGB with the crate `moxcms`.

use std::io::Cursor;

use image::codecs::tiff::TiffDecoder;
use image::{DynamicImage, GrayAlphaImage, ImageDecoder, RgbaImage};
use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, CmsError, ColorPrimaries, ColorProfile, DataColorSpace,
    Layout, MatrixCoefficients, ToneReprCurve, TransferCharacteristics, TransformOptions,
};
use png::{CodingIndependentCodePoints, Info};

use crate::format::Format;
use crate::note::Note;

/// The gamma in the gAMA chunk of sRGB files. Browsers take it for sRGB's own curve, which is not quite a
/// power.
const SRGB_GAMMA: f32 = 0.45455;

/// Relative difference up to which a gamma counts as that one; libpng's own threshold.
const SAME_GAMMA: f32 = 0.05;

/// Levels by which an sRGB profile may change colours, as much as its own rounding does.
const SAME_COLOUR: u8 = 1;

/// Returns the colour profile of a picture, or `None` if it is sRGB. A profile that cannot be used is noted.
pub(super) fn profile(
    format: Format,
    bytes: &[u8],
    decoder: &mut impl ImageDecoder,
    notes: &mut Vec<Note>,
) -> Option<ColorProfile> {
    let stated = match format {
        Format::Png => of_png(bytes),
        // the memory limits of `decoder` are too narrow for a profile
        Format::Tiff => {
            TiffDecoder::new(Cursor::new(bytes)).ok().and_then(|mut decoder| of_decoder(&mut decoder))
        }
        _ => of_decoder(decoder),
    };
    match stated? {
        Ok(profile) => (!is_srgb(&profile)).then_some(profile),
        Err(reason) => {
            notes.push(Note::ProfileIgnored { reason });
            None
        }
    }
}

fn of_decoder(decoder: &mut impl ImageDecoder) -> Option<Result<ColorProfile, String>> {
    decoder.icc_profile().ok().flatten().map(|icc| parse(&icc))
}

/// Whether the profile is for cyan, magenta, yellow and black.
pub(super) fn is_of_inks(profile: &ColorProfile) -> bool {
    profile.color_space == DataColorSpace::Cmyk
}

/// Converts a picture to sRGB RGBA8.
pub(super) fn to_srgb(
    image: DynamicImage,
    profile: Option<&ColorProfile>,
    notes: &mut Vec<Note>,
) -> RgbaImage {
    let Some(profile) = profile else {
        return image.into_rgba8();
    };
    let converted = match profile.color_space {
        DataColorSpace::Rgb if image.color().bytes_per_pixel() > image.color().channel_count() => {
            deep(&image, profile)
        }
        DataColorSpace::Rgb => shallow(&image, profile),
        DataColorSpace::Gray if !image.color().has_color() => grey(&image.to_luma_alpha8(), profile),
        other => Err(format!("it is one of {other:?}, and the picture is not")),
    };
    converted.unwrap_or_else(|reason| {
        notes.push(Note::ProfileIgnored { reason });
        image.into_rgba8()
    })
}

/// Converts the inks of a CMYK picture to sRGB RGBA8.
pub(super) fn of_inks(
    inks: &[u8],
    width: u32,
    height: u32,
    profile: Option<&ColorProfile>,
    notes: &mut Vec<Note>,
) -> RgbaImage {
    let mut image = RgbaImage::new(width, height);
    let converted = profile.ok_or_else(String::new).and_then(|profile| {
        let transform = profile
            .create_transform_8bit(
                Layout::Rgba,
                &ColorProfile::new_srgb(),
                Layout::Rgba,
                TransformOptions::default(),
            )
            .map_err(words)?;
        transform.transform(inks, &mut image).map_err(words)
    });
    if let Err(reason) = converted {
        notes.push(Note::ProfileIgnored { reason });
        for (pixel, &[cyan, magenta, yellow, black]) in image.pixels_mut().zip(inks.as_chunks::<4>().0) {
            let light = |ink: u8| ((u16::from(255 - ink) * u16::from(255 - black) + 127) / 255) as u8;
            pixel.0 = [light(cyan), light(magenta), light(yellow), 255];
        }
    }
    for pixel in image.pixels_mut() {
        pixel.0[3] = 255;
    }
    image
}

fn shallow(image: &DynamicImage, profile: &ColorProfile) -> Result<RgbaImage, String> {
    let transform = profile
        .create_transform_8bit(
            Layout::Rgba,
            &ColorProfile::new_srgb(),
            Layout::Rgba,
            TransformOptions::default(),
        )
        .map_err(words)?;
    let mut rgba = image.to_rgba8();
    let across = row(&rgba);
    for line in rgba.chunks_exact_mut(across) {
        let stored = line.to_vec();
        transform.transform(&stored, line).map_err(words)?;
    }
    Ok(rgba)
}

/// Converts a picture of more than 8 bits a channel. It is rounded last, because a profile may spread dark
/// colours apart.
fn deep(image: &DynamicImage, profile: &ColorProfile) -> Result<RgbaImage, String> {
    let transform = profile
        .create_transform_16bit(
            Layout::Rgba,
            &ColorProfile::new_srgb(),
            Layout::Rgba,
            TransformOptions::default(),
        )
        .map_err(words)?;
    let stored = image.to_rgba16();
    let mut rgba = RgbaImage::new(image.width(), image.height());
    let across = row(&rgba);
    let mut line = vec![0; across];
    for (stored, rgba) in stored.chunks_exact(across).zip(rgba.chunks_exact_mut(across)) {
        transform.transform(stored, &mut line).map_err(words)?;
        for (&deep, shallow) in line.iter().zip(rgba) {
            // as `image` rounds
            *shallow = ((u32::from(deep) + 128) / 257) as u8;
        }
    }
    Ok(rgba)
}

fn grey(image: &GrayAlphaImage, profile: &ColorProfile) -> Result<RgbaImage, String> {
    let transform = profile
        .create_transform_8bit(
            Layout::GrayAlpha,
            &ColorProfile::new_srgb(),
            Layout::Rgba,
            TransformOptions::default(),
        )
        .map_err(words)?;
    let mut rgba = RgbaImage::new(image.width(), image.height());
    transform.transform(image, &mut rgba).map_err(words)?;
    Ok(rgba)
}

/// The number of values in a row of an RGBA picture.
fn row(image: &RgbaImage) -> usize {
    image.width() as usize * 4
}

/// Whether the profile changes no colour, as with nearly all that phones and cameras write.
fn is_srgb(profile: &ColorProfile) -> bool {
    if profile.color_space != DataColorSpace::Rgb {
        return false;
    }
    let steps = || (0..=255).step_by(51);
    let colours = steps()
        .flat_map(|red| steps().flat_map(move |green| steps().map(move |blue| [red, green, blue, 255])));
    let greys = (0..=255).map(|grey| [grey, grey, grey, 255]);
    let probe: Vec<u8> = colours.chain(greys).flatten().collect();
    let Some(image) = RgbaImage::from_raw(1, (probe.len() / 4) as u32, probe) else {
        return false;
    };
    let image = DynamicImage::ImageRgba8(image);
    shallow(&image, profile)
        .is_ok_and(|moved| moved.iter().zip(image.as_bytes()).all(|(a, b)| a.abs_diff(*b) <= SAME_COLOUR))
}

fn parse(icc: &[u8]) -> Result<ColorProfile, String> {
    ColorProfile::new_from_slice(icc).map_err(words)
}

/// The profile of a PNG by the order of precedence of PNG, third edition (section 4.3).
fn of_png(bytes: &[u8]) -> Option<Result<ColorProfile, String>> {
    let reader = png::Decoder::new(Cursor::new(bytes)).read_info().ok()?;
    let info = reader.info();
    if let Some(points) = &info.coding_independent_code_points {
        return Some(of_code_points(points));
    }
    if info.srgb.is_some() {
        return None;
    }
    info.icc_profile.as_deref().map(parse).or_else(|| of_gamma(info).map(Ok))
}

/// The profile for code points of ITU-T H.273.
fn of_code_points(points: &CodingIndependentCodePoints) -> Result<ColorProfile, String> {
    let known = || {
        let color_primaries = CicpColorPrimaries::try_from(points.color_primaries).ok()?;
        let transfer_characteristics = TransferCharacteristics::try_from(points.transfer_function).ok()?;
        let is_hdr = matches!(
            transfer_characteristics,
            TransferCharacteristics::Smpte2084 | TransferCharacteristics::Hlg
        );
        let profile = ColorProfile::new_from_cicp(CicpProfile {
            color_primaries,
            transfer_characteristics,
            matrix_coefficients: MatrixCoefficients::Identity,
            full_range: true,
        });
        (!is_hdr && points.is_video_full_range_image && profile.is_matrix_shaper()).then_some(profile)
    };
    let (primaries, transfer) = (points.color_primaries, points.transfer_function);
    known().ok_or_else(|| {
        format!("its code points, primaries {primaries} and transfer {transfer}, are not known here")
    })
}

/// The profile from the chunk gAMA, with cHRM if present. cHRM alone is ignored, as browsers do.
fn of_gamma(info: &Info<'_>) -> Option<ColorProfile> {
    let gamma = info.gama_chunk?.into_value();
    if gamma <= 0.0 || ((gamma / SRGB_GAMMA - 1.0).abs() <= SAME_GAMMA && info.chrm_chunk.is_none()) {
        return None;
    }
    let mut profile = ColorProfile::new_srgb();
    if let Some(stated) = info.chrm_chunk {
        let point = |(x, y): (png::ScaledFloat, png::ScaledFloat)| Chromaticity {
            x: x.into_value(),
            y: y.into_value(),
        };
        let primaries =
            ColorPrimaries { red: point(stated.red), green: point(stated.green), blue: point(stated.blue) };
        profile.update_rgb_colorimetry(point(stated.white).to_xyyb(), primaries);
    }
    profile.cicp = None;
    let curve = Some(ToneReprCurve::Parametric(vec![1.0 / gamma]));
    profile.red_trc.clone_from(&curve);
    profile.green_trc.clone_from(&curve);
    profile.blue_trc = curve;
    Some(profile)
}

/// The library's message as part of a lowercase sentence.
fn words(error: CmsError) -> String {
    let words = error.to_string();
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
