//! `candling convert`

use candling_models::efficientnet_lite;

use crate::args::Convert;
use crate::checkpoint;
use crate::error::{Error, Result};
use crate::session::model_output;

pub fn run(args: &Convert) -> Result<String> {
    let output = model_output(&args.output)?;
    let tensors = checkpoint::read(&args.checkpoint)?;
    let model = efficientnet_lite::convert(&tensors, efficientnet_lite::imagenet_labels())
        .map_err(|e| Error::file(&args.checkpoint, e))?
        .with_precision(args.weights.into());
    let bytes = model.to_bytes()?;
    output.write(&bytes)?;
    Ok(format!("{}: {}, {} bytes", args.output.display(), model.name(), bytes.len()))
}
