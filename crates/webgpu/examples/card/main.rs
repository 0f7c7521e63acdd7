//! Measures how fast this machine's GPU runs Lite0, compared with the GPU's limits and with the work of the
//! graph; prints Markdown.
//!
//! ```text
//! cargo run --release -p candling-webgpu --example card -- MODEL [RUNS]
//! ```
//!
//! A time is the wall time from the input's values to the result's, including upload and read-back; medians
//! of RUNS, 20 by default, with interleaved passes. Every result is compared with the CPU's before anything
//! is timed.

mod ceiling;
mod work;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use candling_core::{Backend, Method, Network, NodeId, Query, Retain, Shape, Target};
use candling_cpu::Cpu;
use candling_models::Model;
use candling_webgpu::{Adapter, Counts, WebGpu};
use pollster::block_on;

use ceiling::Ceiling;
use work::Work;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Target times of a hardware GPU in milliseconds.
const TARGETS: [(&str, f64); 2] = [("forward", 3.0), ("guided-grad-cam", 8.0)];

/// Kernels besides one for each layer: seeds, sums of gradients, weights of a map.
const MORE: usize = 5;

/// Largest difference from the CPU's result, relative to the result's largest value: that of the golden
/// network before its last convolution, where both round most.
const DIFFERENCE: f32 = 2e-2;

fn main() -> ExitCode {
    match run() {
        Ok(report) => {
            print!("{report}");
            ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("error: {e}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<String> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (path, runs) = match args.as_slice() {
        [path] => (path, 20),
        [path, runs] => (path, runs.parse::<usize>()?.max(1)),
        _ => return Err("usage: card MODEL [RUNS]".into()),
    };
    let model = Model::from_bytes(&std::fs::read(path).map_err(|e| format!("{path}: {e}"))?)?;
    let card = Subject::new(block_on(WebGpu::new())?, &model)?;
    let processor = Subject::new(Cpu::new(), &model)?;
    let mut passes = Vec::new();
    for kind in PASSES {
        check(kind, &card.call(kind)?, &processor.call(kind)?)?;
        passes.push(Pass { kind, milliseconds: Vec::new(), counts: Counts::default() });
    }
    for _ in 0..runs {
        for pass in &mut passes {
            // warm up: another pass had the caches
            card.call(pass.kind)?;
            let (before, started) = (card.network.backend().counts(), Instant::now());
            card.call(pass.kind)?;
            pass.milliseconds.push(started.elapsed().as_secs_f64() * 1e3);
            pass.counts = card.network.backend().counts() - before;
        }
    }
    for pass in &mut passes {
        pass.milliseconds.sort_by(f64::total_cmp);
    }
    report(&card.network.backend().adapter(), &ceiling::measure()?, &card, &passes)
}

/// The measured passes: the forward pass alone, or with a method's backward passes, on a new photo.
#[derive(Clone, Copy)]
enum Kind {
    Forward,
    Explain(Method),
}

const PASSES: [Kind; 4] = [
    Kind::Forward,
    Kind::Explain(Method::GRAD_CAM),
    Kind::Explain(Method::GUIDED_BACKPROP),
    Kind::Explain(Method::GUIDED_GRAD_CAM),
];

impl Kind {
    fn name(self) -> String {
        match self {
            Self::Forward => "forward".into(),
            Self::Explain(method) => method.to_string(),
        }
    }
}

struct Pass {
    kind: Kind,
    milliseconds: Vec<f64>,
    /// Counts of one pass.
    counts: Counts,
}

impl Pass {
    fn median(&self) -> f64 {
        self.milliseconds[self.milliseconds.len() / 2]
    }
}

/// A network and the explained class and layer.
struct Subject<B: Backend> {
    network: Arc<Network<B>>,
    layer: NodeId,
    shape: Shape,
    input: Vec<f32>,
}

impl<B: Backend> Subject<B> {
    fn new(backend: B, model: &Model) -> Result<Self> {
        let shape = Shape::new(1, 3, model.preprocessing().height, model.preprocessing().width);
        // waves of some dozen pixels, and noise: this excites every layer, and needs no file
        let value = |i: usize| {
            let (x, y) = (i % shape.w, i / shape.w % shape.h);
            let noise = (i.wrapping_mul(2_654_435_761) >> 7) % 1024;
            (x as f32 / 9.0).sin() * (y as f32 / 13.0).cos() + noise as f32 / 2048.0 - 0.25
        };
        Ok(Self {
            network: Arc::new(Network::new(backend, model.graph().clone(), model.weights())?),
            layer: model.default_layer(),
            shape,
            input: (0..shape.len()).map(value).collect(),
        })
    }

    /// Runs a pass, from the input's values to the result's.
    fn call(&self, kind: Kind) -> Result<Vec<f32>> {
        let Kind::Explain(method) = kind else {
            let tape = self.network.forward(self.shape, &self.input, Retain::Logits)?;
            return Ok(block_on(tape.logits())?);
        };
        let layer = method.takes_layer().then_some(self.layer);
        let input = method.walks_to_input().then(|| self.network.graph().input());
        let watched: Vec<_> = layer.into_iter().chain(input).collect();
        let tape = self.network.forward(self.shape, &self.input, Retain::Layers(&watched))?;
        let query = Query { layer, ..Query::new(method, Target::Class(281)) };
        Ok(block_on(tape.explain(&query))?.data)
    }

    /// The minimal work of a pass.
    fn needs(&self, kind: Kind) -> Result<Work> {
        let graph = self.network.graph();
        let mut work = work::forward(graph)?;
        if let Kind::Explain(method) = kind {
            if method.takes_layer() {
                work += work::back(graph, self.layer)?;
            }
            if method.walks_to_input() {
                work += work::back(graph, graph.input())?;
            }
        }
        Ok(work)
    }
}

fn check(kind: Kind, card: &[f32], processor: &[f32]) -> Result<()> {
    let largest = processor.iter().fold(0.0_f32, |largest, v| largest.max(v.abs()));
    let difference = card.iter().zip(processor).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    // this refuses NaN too
    if card.len() == processor.len() && difference <= DIFFERENCE * largest && largest > 0.0 {
        return Ok(());
    }
    Err(format!("{}: the card's answer is {difference:e} off, by {largest:e} at most", kind.name()).into())
}

fn report(adapter: &Adapter, ceiling: &Ceiling, card: &Subject<WebGpu>, passes: &[Pass]) -> Result<String> {
    let mut lines = vec![
        "# On a graphics card".to_owned(),
        String::new(),
        "Written by `npx -y rust-just bench-card`; what is measured is told in [README.md](README.md#on-a-graphics-card).".into(),
        String::new(),
        format!(
            "Card: **{}**{}.",
            adapter.name,
            if adapter.software {
                ", which the processor makes up: its times say nothing of a graphics card, its counts are any card's"
            } else {
                ""
            }
        ),
        format!(
            "At most {:.2} TFLOP/s of multiply-adds and {:.1} GB/s of memory, measured in the same run.",
            ceiling.flop / 1e12,
            ceiling.bytes / 1e9
        ),
        String::new(),
        "| pass, photo new | median ms | min | target | reached | GFLOP/s | of the ceiling | GB/s | of the ceiling |".into(),
        "|---|---:|---:|---:|---|---:|---:|---:|---:|".into(),
    ];
    for pass in passes {
        let name = pass.kind.name();
        let (needs, seconds) = (card.needs(pass.kind)?, pass.median() / 1e3);
        let target = TARGETS.iter().find(|(of, _)| *of == name).map(|&(_, target)| target);
        let reached = match target {
            None => "",
            Some(_) if adapter.software => "not measured: no card here",
            Some(target) if pass.median() <= target => "yes",
            Some(_) => "**no**",
        };
        let (flop, bytes) = (needs.flop as f64 / seconds, pass.counts.bytes as f64 / seconds);
        lines.push(format!(
            "| {name} | {:.2} | {:.2} | {} | {reached} | {:.1} | {:.1} % | {:.1} | {:.1} % |",
            pass.median(),
            pass.milliseconds[0],
            target.map_or_else(String::new, |target| format!("{target} ms")),
            flop / 1e9,
            100.0 * flop / ceiling.flop,
            bytes / 1e9,
            100.0 * bytes / ceiling.bytes,
        ));
    }
    lines.extend([
        String::new(),
        "| pass, photo new | kernels | needed | at most | submissions | waits | MB | needed | GFLOP | with the tiles' edges |".into(),
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|".into(),
    ]);
    let layers = work::layers(card.network.graph());
    for pass in passes {
        let needs = card.needs(pass.kind)?;
        // backward passes to a layer and to the input are separate
        let walks = match pass.kind {
            Kind::Forward => 0,
            Kind::Explain(method) => usize::from(method.takes_layer()) + usize::from(method.walks_to_input()),
        };
        lines.push(format!(
            "| {} | {} | {} | {} | {} | {} | {:.1} | {:.1} | {:.3} | {:.3} |",
            pass.kind.name(),
            pass.counts.dispatches,
            needs.kernels,
            (1 + walks.min(1)) * (layers + MORE),
            pass.counts.submissions,
            pass.counts.read_backs,
            pass.counts.bytes as f64 / 1e6,
            needs.bytes as f64 / 1e6,
            needs.flop as f64 / 1e9,
            needs.flop_of_tiles as f64 / 1e9,
        ));
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}
