//! `thumbs/NAME.jpg`: the centre square of every photo that `samples.json` lists.

use std::path::Path;

use candling_imaging::{Photo, Rect};
use serde::Deserialize;

use crate::jpeg;
use crate::recipe::{File, Result, photo, read, resized};

/// Side in pixels: shown at 56 CSS pixels on screens with two pixels for one.
const SIDE: u32 = 112;

/// JPEG quality, at which the strip of all photos is as large as one photo, and no artefact shows at that
/// size.
const QUALITY: u8 = 82;

#[derive(Deserialize)]
struct Sample {
    file: String,
}

/// Makes one file for each photo in the folder `samples`.
pub fn files(samples: &Path) -> Result<Vec<File>> {
    let listed: Vec<Sample> = serde_json::from_slice(&read(&samples.join("samples.json"))?)?;
    listed
        .into_iter()
        .map(|Sample { file }| {
            let photo = photo(&samples.join(&file))?;
            let thumb = resized(&photo, centre_square(&photo), SIDE, SIDE)?;
            Ok(File { name: format!("thumbs/{file}"), bytes: jpeg::encode(&thumb, QUALITY)? })
        })
        .collect()
}

fn centre_square(photo: &Photo) -> Rect {
    let side = photo.width.min(photo.height);
    Rect { x: (photo.width - side) / 2, y: (photo.height - side) / 2, width: side, height: side }
}
