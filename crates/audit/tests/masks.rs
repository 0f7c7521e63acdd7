//! Masks as tools write them: which pixels are inside, and by which rule.
#![allow(clippy::unwrap_used)]

use candling_audit::{Mask, MaskError, Rule, fits, mask_of_png, mask_of_rgba};
use candling_imaging::Format;
use png::{BitDepth, ColorType, Encoder};

/// Side of the masks in pixels.
const SIDE: u32 = 16;

/// The colours of PASCAL VOC's palette for indices 0, 1 and 255.
const VOC: [(usize, [u8; 3]); 3] = [(0, [0; 3]), (1, [128, 0, 0]), (255, [224, 224, 192])];

/// A PNG of `SIDE × SIDE` pixels with these bytes as rows.
fn png(colours: ColorType, depth: BitDepth, palette: &[u8], see_through: &[u8], data: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, SIDE, SIDE);
    encoder.set_color(colours);
    encoder.set_depth(depth);
    if !palette.is_empty() {
        encoder.set_palette(palette.to_vec());
    }
    if !see_through.is_empty() {
        encoder.set_trns(see_through.to_vec());
    }
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(data).unwrap();
    writer.finish().unwrap();
    file
}

/// `value` of the kind of each pixel: 0 in the left half, 1 in the right half, 2 and 3 in the upper corners.
fn drawn<T>(mut value: impl FnMut(usize) -> T) -> Vec<T> {
    let side = SIDE as usize;
    let kind = |at: usize| match at {
        0 => 2,
        at if at == side - 1 => 3,
        at => usize::from(at % side >= side / 2),
    };
    (0..side * side).map(|at| value(kind(at))).collect()
}

/// The region made of pixels of these kinds.
fn those(kinds: &[usize]) -> Vec<u8> {
    drawn(|kind| u8::from(kinds.contains(&kind)))
}

fn grey(values: [u8; 4]) -> Vec<u8> {
    png(ColorType::Grayscale, BitDepth::Eight, &[], &[], &drawn(|kind| values[kind]))
}

fn found(mask: Result<Mask, MaskError>) -> (Rule, Vec<u8>) {
    let mask = mask.unwrap();
    assert_eq!((mask.width, mask.height), (SIDE, SIDE));
    (mask.rule, mask.inside)
}

fn refused(mask: Result<Mask, MaskError>) -> String {
    mask.unwrap_err().to_string()
}

#[test]
fn grey_of_two_values() {
    for (black, other, rule) in
        [(0, 255, Rule::White), (0, 1, Rule::NotZero), (0, 38, Rule::NotZero), (0, 128, Rule::NotZero)]
    {
        let mask = mask_of_png(&grey([black, other, black, other]), None);
        assert_eq!(found(mask), (rule, those(&[1, 3])), "{black} {other}");
    }
}

#[test]
fn grey_of_one_value() {
    for (value, inside) in [(0, 0), (1, 1), (255, 1)] {
        let mask = mask_of_png(&grey([value; 4]), None).unwrap();
        assert!(mask.inside.iter().all(|&one| one == inside), "{value}");
        assert_eq!(mask.is_marked(), inside == 1);
    }
    assert!(
        refused(mask_of_png(&grey([2; 4]), None))
            .starts_with("it has the values 2: which of them is inside is not known")
    );
}

#[test]
fn grey_with_soft_edges_is_split_at_half() {
    let mask = mask_of_png(&grey([0, 255, 127, 128]), None);
    assert_eq!(found(mask), (Rule::White, those(&[1, 3])));
    let mask = mask_of_png(&grey([0, 250, 3, 128]), None);
    assert_eq!(
        refused(mask).split(':').next(),
        Some("it has the values 0, 3, 128, 250"),
        "an area of 250 may be a label"
    );
}

#[test]
fn labels_are_refused_until_one_is_named() {
    // a trimap of 1, 2 and 3; labels with a border of 255 that stands for "not labelled"; a matte's grey for
    // "not known"
    for values in [[2, 1, 3, 3], [0, 15, 255, 255], [0, 128, 255, 255], [7, 8, 7, 8]] {
        let file = grey(values);
        let said = refused(mask_of_png(&file, None));
        assert!(said.contains("--mask-value"), "{said}");
        assert_eq!(
            found(mask_of_png(&file, Some(u16::from(values[1])))),
            (Rule::Value(values[1].into()), drawn(|kind| u8::from(values[kind] == values[1])))
        );
    }
}

#[test]
fn palettes_are_read_by_index() {
    let mut palette = vec![0; 768];
    for (index, colour) in VOC {
        palette[3 * index..3 * index + 3].copy_from_slice(&colour);
    }
    let voc = png(ColorType::Indexed, BitDepth::Eight, &palette, &[], &drawn(|kind| [0, 1, 255, 0][kind]));
    assert_eq!(found(mask_of_png(&voc, None)), (Rule::Palette, those(&[1, 2])), "the border is inside too");
    assert_eq!(found(mask_of_png(&voc, Some(1))), (Rule::Value(1), those(&[1])));
    // dark colours count like light ones, and transparent entries are entries
    let dark = png(
        ColorType::Indexed,
        BitDepth::Eight,
        &[255, 255, 255, 0, 0, 9],
        &[255, 0],
        &drawn(|kind| [0, 1, 0, 0][kind]),
    );
    assert_eq!(found(mask_of_png(&dark, None)), (Rule::Palette, those(&[1])));
    // an optimiser may put white first in the palette of a black and white PNG
    let swapped = png(
        ColorType::Indexed,
        BitDepth::Eight,
        &[255, 255, 255, 0, 0, 0],
        &[],
        &drawn(|kind| [1, 0, 1, 1][kind]),
    );
    assert_eq!(found(mask_of_png(&swapped, None)), (Rule::White, those(&[1])));
}

#[test]
fn few_bits_and_many() {
    // two pixels of four bits in a byte
    let values = drawn(|kind| [0u8, 15, 0, 15][kind]);
    let packed: Vec<u8> = values.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    assert_eq!(
        found(mask_of_png(&png(ColorType::Grayscale, BitDepth::Four, &[], &[], &packed), None)),
        (Rule::White, those(&[1, 3]))
    );
    let values = drawn(|kind| u8::from(kind == 1));
    let packed: Vec<u8> =
        values.chunks(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit)).collect();
    assert_eq!(
        found(mask_of_png(&png(ColorType::Grayscale, BitDepth::One, &[], &[], &packed), None)),
        (Rule::White, those(&[1]))
    );
    for (one, rule) in [(1u16, Rule::NotZero), (255, Rule::NotZero), (65535, Rule::White)] {
        let data: Vec<u8> = drawn(|kind| [0, one, 0, 0][kind].to_be_bytes()).concat();
        let file = png(ColorType::Grayscale, BitDepth::Sixteen, &[], &[], &data);
        assert_eq!(found(mask_of_png(&file, None)), (rule, those(&[1])), "{one}");
    }
}

#[test]
fn what_is_opaque_of_a_drawing_on_nothing() {
    let rgba = |pixels: [[u8; 4]; 4]| {
        png(ColorType::Rgba, BitDepth::Eight, &[], &[], &drawn(|kind| pixels[kind]).concat())
    };
    // white or another colour on a transparent background, and nearly transparent pixels
    for colour in [[255, 255, 255, 255], [200, 10, 10, 255], [0, 0, 0, 255]] {
        let file = rgba([[255, 255, 255, 0], colour, [9, 9, 9, 0], [colour[0], colour[1], colour[2], 100]]);
        assert_eq!(found(mask_of_png(&file, None)), (Rule::Opaque, those(&[1])), "{colour:?}");
    }
    // black and white with transparent holes: white is inside where it is opaque
    let file = rgba([[0, 0, 0, 255], [255; 4], [255, 255, 255, 0], [255; 4]]);
    assert_eq!(found(mask_of_png(&file, None)), (Rule::White, those(&[1, 3])));
    // an alpha that is opaque everywhere does not count
    let file = rgba([[0, 0, 0, 255], [1, 1, 1, 255], [0, 0, 0, 255], [0, 0, 0, 255]]);
    assert_eq!(found(mask_of_png(&file, None)), (Rule::NotZero, those(&[1])));
}

#[test]
fn colours_on_black() {
    let rgb = |pixels: [[u8; 3]; 4]| {
        png(ColorType::Rgb, BitDepth::Eight, &[], &[], &drawn(|kind| pixels[kind]).concat())
    };
    let file = rgb([[0; 3], [0, 0, 128], [128, 0, 0], [0; 3]]);
    assert_eq!(
        found(mask_of_png(&file, None)),
        (Rule::Colour, those(&[1, 2])),
        "blue is not darker than red"
    );
    assert!(refused(mask_of_png(&file, Some(1))).contains("no values to compare 1 with"));
    let file = rgb([[68, 1, 84], [253, 231, 37], [68, 1, 84], [68, 1, 84]]);
    assert!(refused(mask_of_png(&file, None)).contains("no black"));
    // white and black in colour are white and black
    let file = rgb([[0; 3], [255; 3], [0; 3], [0; 3]]);
    assert_eq!(found(mask_of_png(&file, None)), (Rule::White, those(&[1])));
}

#[test]
fn a_photo_is_no_mask() {
    let mut shade = 0u32;
    let photo: Vec<u8> = drawn(|_| {
        shade += 1;
        [shade as u8, (shade / 3) as u8, (shade % 7) as u8]
    })
    .concat();
    let rgba: Vec<u8> =
        (0..64 * 64u32).flat_map(|at| [at as u8, (at / 16) as u8, (at % 9) as u8, 255]).collect();
    assert!(refused(mask_of_rgba(64, 64, &rgba, Some(Format::Bmp), None)).contains("more than 256 colours"));
    assert!(refused(mask_of_rgba(64, 64, &rgba, Some(Format::Jpeg), None)).contains("blurs"));
    assert!(
        refused(mask_of_png(&png(ColorType::Rgb, BitDepth::Eight, &[], &[], &photo), None))
            .contains("colours")
    );
}

#[test]
fn what_was_decoded_elsewhere_goes_by_the_same_rules() {
    let rgba = |values: [u8; 4]| drawn(|kind| [values[kind], values[kind], values[kind], 255]).concat();
    let mask = |values, format| mask_of_rgba(SIDE, SIDE, &rgba(values), Some(format), None);
    assert_eq!(found(mask([0, 1, 0, 0], Format::Bmp)), (Rule::NotZero, those(&[1])));
    // a lossy format has no exact values, only black and white
    assert_eq!(found(mask([3, 249, 90, 140], Format::Jpeg)), (Rule::White, those(&[1, 3])));
    assert!(refused(mask_of_rgba(SIDE, SIDE, &[0; 7], None, None)).contains("7 bytes for 16x16"));
}

#[test]
fn a_file_that_is_not_whole_is_refused() {
    let file = grey([0, 255, 0, 0]);
    let said = refused(mask_of_png(&file[..file.len() - 30], None));
    assert!(said.starts_with("the mask is damaged: "), "{said}");
    assert!(refused(mask_of_png(b"words", None)).contains("plain text"));
    assert!(mask_of_png(b"", None).is_err());
}

#[test]
fn a_mask_has_the_proportions_of_its_photo() {
    assert_eq!(fits((300, 200), (300, 200)), Ok(false));
    for mask in [(150, 100), (100, 67), (100, 66), (600, 400), (3, 2)] {
        assert_eq!(fits(mask, (300, 200)), Ok(true), "{mask:?}");
    }
    let said = fits((200, 300), (300, 200)).unwrap_err();
    assert!(
        said.starts_with("a mask of 200x300 for a photo of 300x200, which lies on its side")
            && said.contains("EXIF"),
        "{said}"
    );
    assert_eq!(
        fits((300, 300), (300, 200)).unwrap_err(),
        "a mask of 300x300 for a photo of 300x200; it is to have the photo's proportions"
    );
}
