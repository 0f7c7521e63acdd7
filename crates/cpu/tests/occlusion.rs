//! Occlusion maps of Lite0 against those of plain loops in PyTorch, in `f64`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::Arc;

use candling_core::attribution::{Altered, Passes};
use candling_core::{Occlusion, Target};
use candling_cpu::Cpu;
use candling_testkit::compare::relative_to_max;
use candling_testkit::golden;
use pollster::block_on;

use candling_testkit::golden_network::INPUT;
use common::{lite0, tensor};

/// Tolerance relative to the map's largest magnitude. A value is the difference of two nearly equal logits,
/// so their rounding shows more than in the logits themselves. PyTorch's own `f32` is off by 1.4e-5; a patch
/// that is one pixel off, by 3e-1.
const OCCLUSION: f64 = 1e-4;

/// Every how many positions one is computed, so that all rows and all columns of 13×13 and 6×6 occur; the
/// end-to-end tests compare whole maps.
const STEP: usize = 5;

#[test]
fn every_golden_map() {
    let (maps, notes) = golden::tensors(&golden::folder().join("occlusion.safetensors"));
    let network = lite0(Cpu::new());
    let pictures = golden::pictures();
    for (name, golden) in &maps {
        let (picture, target) = name.split_once('.').unwrap();
        let class = |index: &str| index.parse::<u32>().unwrap();
        let target = match target.split_once("-vs-") {
            None => Target::Class(class(target)),
            Some((of, over)) => Target::Margin { class: class(of), over: class(over) },
        };
        let side = |key: &str| notes["pictures"][picture][key].as_u64().unwrap() as usize;
        let how = Occlusion { patch: side("patch"), stride: side("stride"), ..Occlusion::default() };
        let x = tensor(pictures.iter().find(|p| p.name == picture).unwrap());
        let plan = how.plan(INPUT, target).unwrap();
        let occluder = Altered::new(Arc::clone(&network), INPUT, x, plan).unwrap();
        let (rows, columns) = how.grid(INPUT).unwrap();
        assert_eq!(golden.shape, [rows, columns], "{name}");
        let at = (0..occluder.pieces()).step_by(STEP);
        let map: Vec<f32> = at.clone().flat_map(|i| block_on(occluder.run(i..i + 1)).unwrap()).collect();
        let golden: Vec<f32> = at.map(|i| golden.data[i]).collect();
        let error = relative_to_max(&map, &golden);
        assert!(error <= OCCLUSION, "{name}: off by {error:.1e} of the maximum");
    }
    assert_eq!(maps.len(), 4, "golden maps");
}
