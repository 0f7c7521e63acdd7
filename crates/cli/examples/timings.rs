//! Times of the engine on one input, requested line by line, so that `tests/bench` can measure it in turns
//! with others.
//!
//! ```text
//! cargo run --release -p candling --example timings -- MODEL INPUT CLASS
//! ```
//!
//! INPUT is a file of `3×height×width` little-endian `f32` of the model's own size. `time NAME COUNT` on
//! stdin is answered by the milliseconds of each call, `value NAME` by the numbers that one call returns;
//! both as a line of JSON. NAME is `forward` or a method at the model's default layer, the forward pass
//! included.

use std::io::{BufRead, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use candling_core::{Method, Network, Query, Retain, Shape, Target};
use candling_cpu::Cpu;
use candling_models::Model;
use pollster::block_on;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [model, input, class] = args.as_slice() else {
        return Err("usage: timings MODEL INPUT CLASS".into());
    };
    let subject = Subject::load(model, input, class)?;
    for line in std::io::stdin().lock().lines() {
        let answer = answer(&subject, &line?)?;
        let mut out = std::io::stdout().lock();
        serde_json::to_writer(&mut out, &answer)?;
        writeln!(out)?;
        out.flush()?;
    }
    Ok(())
}

fn answer(subject: &Subject, line: &str) -> Result<Vec<f64>> {
    match line.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["time", name, count] => (0..count.parse::<usize>()?)
            .map(|_| {
                let started = Instant::now();
                subject.call(name)?;
                Ok(started.elapsed().as_secs_f64() * 1e3)
            })
            .collect(),
        ["value", name] => Ok(subject.call(name)?.into_iter().map(f64::from).collect()),
        _ => {
            Err(format!("unknown command \"{line}\"; known are \"time NAME COUNT\" and \"value NAME\"")
                .into())
        }
    }
}

/// A network and its input.
struct Subject {
    network: Arc<Network<Cpu>>,
    default_layer: candling_core::NodeId,
    shape: Shape,
    tensor: Vec<f32>,
    target: Target,
}

impl Subject {
    fn load(model: &str, input: &str, class: &str) -> Result<Self> {
        let bytes = std::fs::read(model).map_err(|e| format!("{model}: {e}"))?;
        let model = Model::from_bytes(&bytes)?;
        let values = std::fs::read(input).map_err(|e| format!("{input}: {e}"))?;
        let (numbers, _) = values.as_chunks::<4>();
        Ok(Self {
            network: Arc::new(Network::new(Cpu::new(), model.graph().clone(), model.weights())?),
            default_layer: model.default_layer(),
            shape: Shape::new(1, 3, model.preprocessing().height, model.preprocessing().width),
            tensor: numbers.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect(),
            target: Target::Class(class.parse()?),
        })
    }

    /// Runs one call, from the values of the input to those of the answer. Like the command, it retains of
    /// the forward pass what the method needs.
    fn call(&self, name: &str) -> Result<Vec<f32>> {
        if name == "forward" {
            let tape = self.network.forward(self.shape, &self.tensor, Retain::Logits)?;
            return Ok(block_on(tape.logits())?);
        }
        let method: Method = name.parse()?;
        let layer = method.takes_layer().then_some(self.default_layer);
        let input = method.walks_to_input().then(|| self.network.graph().input());
        let watched: Vec<_> = layer.into_iter().chain(input).collect();
        let tape = self.network.forward(self.shape, &self.tensor, Retain::Layers(&watched))?;
        let query = Query { layer, ..Query::new(method, self.target) };
        Ok(block_on(tape.explain(&query))?.data)
    }
}
