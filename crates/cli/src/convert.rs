//! `candling convert`

use candling_models::efficientnet_lite;

use crate::args::Convert;
use crate::checkpoint;
use crate::error::{Error, Result};

pub fn run(args: &Convert) -> Result<String> {
    let tensors = checkpoint::read(&args.checkpoint)?;
    let mut model = efficientnet_lite::convert(&tensors, efficientnet_lite::imagenet_labels())
        .map_err(|e| Error::file(&args.checkpoint, e))?;
    model.precision = args.weights.into();
    let bytes = model.to_bytes()?;
    std::fs::write(&args.output, &bytes).map_err(|e| Error::file(&args.output, e))?;
    Ok(format!("{}: {}, {} bytes", args.output.display(), model.name, bytes.len()))
}
