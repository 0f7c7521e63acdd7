//! `candling convert`

use candling_models::formats;

use crate::args::Convert;
use crate::error::{Error, Result};
use crate::photo::read;
use crate::session::model_output;

pub fn run(args: &Convert) -> Result<String> {
    let output = model_output(&args.output)?;
    let model = formats::import(&read(&args.checkpoint)?).map_err(|e| Error::file(&args.checkpoint, e))?;
    let model = model.with_precision(args.weights.into());
    let bytes = model.to_bytes()?;
    output.write(&bytes)?;
    Ok(format!("{}: {}, {} bytes", args.output.display(), model.name(), bytes.len()))
}
