//! The GPU work of a pass: no more kernels than the network has layers, one submission, one wait, and no new
//! resources.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "../../cpu/tests/common/mod.rs"]
mod network;

use std::sync::Arc;

use candling_core::ops::Op;
use candling_core::{Method, Network, Query, Retain, Shape, Tape, Target};
use candling_testkit::golden;
use candling_webgpu::{Counts, WebGpu};
use pollster::block_on;

use common::card;
use network::{lite0, tensor};

/// Kernels besides one for each layer: seeds, sums of gradients, weights of a map.
const MORE: u64 = 5;

/// Number of passes after which every buffer and bind group is reused; the last new one comes in the sixth.
const WARM: usize = 8;

/// The GPU work of `work`.
fn counted<T>(network: &Network<WebGpu>, work: impl FnOnce() -> T) -> (T, Counts) {
    let before = network.backend().counts();
    let result = work();
    (result, network.backend().counts() - before)
}

fn forward(network: &Arc<Network<WebGpu>>, input: &[f32]) -> Tape<WebGpu> {
    let tape = network.forward(Shape::new(1, 3, 224, 224), input, Retain::All).unwrap();
    block_on(tape.logits()).unwrap();
    tape
}

#[test]
fn a_pass_is_one_submission_of_known_kernels() {
    let network = lite0(card());
    let input = tensor(&golden::pictures()[0]);
    let is_kernel = |op: &Op| !matches!(op, Op::Input(_) | Op::Flatten(_));
    let layers = network.graph().nodes().iter().filter(|node| is_kernel(&node.op)).count() as u64;
    let head = network.graph().find("head").unwrap();
    let queries = [
        Query::new(Method::GRAD_CAM, Target::Class(281)).at(head),
        Query::new(Method::GUIDED_BACKPROP, Target::Class(281)),
        Query::new(Method::GUIDED_GRAD_CAM, Target::Class(281)).at(head),
    ];
    for pass in 0..=WARM {
        let (tape, ahead) = counted(&network, || forward(&network, &input));
        let mut all = vec![("forward".to_owned(), ahead)];
        for query in &queries {
            let (_, back) = counted(&network, || block_on(tape.explain(query)).unwrap());
            all.push((query.method.to_string(), back));
        }
        for (name, counts) in all {
            assert_eq!((counts.submissions, counts.read_backs), (1, 1), "{name}: {counts:?}");
            assert!(counts.dispatches <= layers + MORE, "{name}: {counts:?} for {layers} layers");
            if pass == WARM {
                let made = (counts.pipelines, counts.bind_groups, counts.buffers);
                assert_eq!(made, (0, 0, 0), "{name}: {counts:?}");
                println!("{name}: {} kernels, {:.1} MB", counts.dispatches, counts.bytes as f64 / 1e6);
            }
        }
    }
}
