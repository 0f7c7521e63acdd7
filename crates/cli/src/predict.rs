//! `candling predict`

use candling_core::{Prediction, top};
use candling_cpu::Cpu;

use crate::args::Predict;
use crate::backend::{self, Choice, Named};
use crate::error::Result;
use crate::report::{self, Common};
use crate::session::Session;

pub fn run(args: &Predict) -> Result<String> {
    match args.source.backend {
        Choice::Cpu => predicted(args, Cpu::new()),
        Choice::WebGpu => predicted(args, backend::card()?),
    }
}

fn predicted(args: &Predict, backend: impl Named) -> Result<String> {
    let session = Session::run(&args.source, backend, |_| Ok(Vec::new()))?;
    let logits = &session.logits;
    let predictions = top(logits, usize::from(args.top));
    if let Some(path) = &args.raw {
        crate::npy::write(path, &[logits.len()], logits)?;
    }
    if args.json {
        return report::json(&Common::new(&args.source, &session, &predictions));
    }
    let line = |p: &Prediction| {
        let label = session.model.labels.name(p.class);
        format!("{:6.2} %  {label} ({}), logit {:.3}", 100.0 * p.probability, p.class, p.logit)
    };
    Ok(predictions.iter().map(line).collect::<Vec<_>>().join("\n"))
}
