//! Contact sheets for visual inspection.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use candling_imaging::{Colormap, Photo};

use crate::colour::Seen;
use crate::hard::{Hard, at_most};
use crate::measure::{THUMB, evidence, painted, rgb, thumbnail};
use crate::{MAP, PLACES, photos};

/// Rows of a sheet, so that it can be viewed as a whole.
const ROWS: usize = 9;
/// Longest side of a picture.
const SIDE: u32 = 200;
const GAP: u32 = 6;
const GROUND: [u8; 3] = [118; 3];

/// Writes `target/sheet/NAME-N.png` with a row for each photo: plain, then in every colour map. `rows.txt`
/// names the rows.
#[test]
#[ignore = "it writes pictures to be looked at: `just sheet`"]
fn sheets_of_every_photo_in_every_colour_scale() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/sheet");
    std::fs::create_dir_all(&folder).expect("a folder");
    let photos = photos();
    let rows: Vec<Vec<Photo>> =
        photos.iter().enumerate().map(|(at, hard)| row(hard, PLACES[at % PLACES.len()])).collect();
    let mut index = format!("columns: as it is, {}\n", Colormap::ALL.map(Colormap::name).join(", "));
    for (at, photos) in photos.chunks(ROWS).enumerate() {
        let names: Vec<&str> = photos.iter().map(|hard| hard.name).collect();
        index += &format!("sheet {}: {}\n", at + 1, names.join(", "));
    }
    std::fs::write(folder.join("rows.txt"), index).expect("a file");
    for (at, rows) in rows.chunks(ROWS).enumerate() {
        for seen in Seen::ALL {
            let name = format!("{seen:?}-{}.png", at + 1).to_lowercase();
            write(&folder.join(name), rows, SIDE, seen);
        }
        let small: Vec<Vec<Photo>> = rows.iter().map(|row| row.iter().map(thumbnail).collect()).collect();
        write(&folder.join(format!("thumbnail-{}.png", at + 1)), &small, THUMB, Seen::Screen);
    }
}

fn row(Hard { photo, .. }: &Hard, (x, y): (f32, f32)) -> Vec<Photo> {
    let cells = evidence(x, y);
    let lit = Colormap::ALL.map(|colormap| painted(photo, &cells, MAP, colormap));
    std::iter::once(photo.clone()).chain(lit).collect()
}

/// Writes a sheet with each picture in the middle of its cell, as it appears under the viewing conditions.
fn write(path: &Path, rows: &[Vec<Photo>], side: u32, seen: Seen) {
    let pitch = side + GAP;
    let (width, height) = (rows[0].len() as u32 * pitch, rows.len() as u32 * pitch);
    let mut sheet = GROUND.repeat((width * height) as usize);
    for (row, pictures) in (0..).zip(rows) {
        for (column, picture) in (0..).zip(pictures) {
            let picture = at_most(picture, side);
            let left = column * pitch + (pitch - picture.width) / 2;
            let top = row * pitch + (pitch - picture.height) / 2;
            for index in 0..picture.width * picture.height {
                let at = (top + index / picture.width) * width + left + index % picture.width;
                let colour = seen.of(rgb(&picture, index as usize)).map(|level| level.round() as u8);
                sheet[3 * at as usize..][..3].copy_from_slice(&colour);
            }
        }
    }
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(path).expect("a file")), width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().and_then(|mut writer| writer.write_image_data(&sheet)).expect("a picture");
}
