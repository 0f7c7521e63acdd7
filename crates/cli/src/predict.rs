//! `candling predict`

use candling_core::{Prediction, top};
use candling_cpu::Cpu;

use crate::args::Predict;
use crate::backend::{self, Choice, Named};
use crate::destinations::{Destination, OutputKind};
use crate::error::Result;
use crate::forward_pass::LoadedModel;
use crate::npy;
use crate::report::{self, Common};
use crate::reporter::Reporter;
use crate::subjects::{Subject, Subjects};

const RAW: OutputKind = OutputKind { option: "raw", ending: "npy" };

pub fn run(args: &Predict) -> Result<()> {
    let subjects = Subjects::of(&args.source, &[args.raw.as_deref()])?;
    subjects.check_saying(&args.saying)?;
    let check = !args.saying.overwrite;
    let raw = args.raw.as_deref().map(|path| Destination::of(path, subjects.several, RAW, &subjects, check));
    let raw = raw.transpose()?;
    let reporter = Reporter {
        subjects: &subjects,
        saying: &args.saying,
        doing: "looking",
        done: "looked at",
        aside: matches!(raw, Some(Destination::Standard)),
        writes: raw.is_some(),
    };
    match args.source.backend {
        Choice::Cpu => {
            let loaded = LoadedModel::new(&args.source, Cpu::new())?;
            reporter.all(None, |subject| predicted(args, &loaded, raw.as_ref(), subject))
        }
        Choice::WebGpu => {
            let loaded = LoadedModel::new(&args.source, backend::card()?)?;
            reporter.all_in_turn(None, |subject| predicted(args, &loaded, raw.as_ref(), subject))
        }
    }
}

fn predicted<B: Named>(
    args: &Predict,
    loaded: &LoadedModel<B>,
    raw: Option<&Destination>,
    subject: &Subject,
) -> Result<String> {
    let pass = loaded.run(subject, &[])?;
    let logits = &pass.logits;
    let predictions = top(logits, usize::from(args.top));
    if let Some(place) = raw {
        place.write(subject, "", RAW, &npy::bytes(&[logits.len()], logits)?, args.saying.overwrite)?;
    }
    if args.saying.json || args.saying.jsonl {
        return report::json(&Common::new(subject, &pass, &predictions));
    }
    let line = |p: &Prediction| {
        let label = pass.model.labels().name(p.class);
        format!("{:6.2} %  {label} ({}), logit {:.3}", 100.0 * p.probability, p.class, p.logit)
    };
    Ok(predictions.iter().map(line).collect::<Vec<_>>().join("\n"))
}
