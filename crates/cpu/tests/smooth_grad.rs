//! SmoothGrad of Lite0 against plain loops in PyTorch, in `f64`, over the same noise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::Arc;

use candling_core::attribution::{Options, Passes, begin};
use candling_core::{Method, Query, Target};
use candling_cpu::Cpu;
use candling_testkit::compare::relative_l2;
use candling_testkit::golden;
use candling_testkit::golden_network::{Errors, INPUT, every_fourth};
use common::{lite0, tensor};
use pollster::block_on;

#[test]
fn every_golden_map_from_any_parts() {
    let (maps, notes) = golden::tensors(&golden::folder().join("smooth-grad.safetensors"));
    let network = lite0(Cpu::new());
    let pictures = golden::pictures();
    let set = notes["options"].as_object().unwrap();
    let options = Options::new(set.iter().map(|(name, v)| (name.clone(), v.as_f64().unwrap())).collect());
    for (name, golden) in &maps {
        let (picture, class) = name.split_once('.').unwrap();
        let x = tensor(pictures.iter().find(|p| p.name == picture).unwrap());
        let query = Query::new(Method::SMOOTH_GRAD, Target::Class(class.parse().unwrap()));
        let work = begin(&Arc::clone(&network), INPUT, x, &query, &options).unwrap();
        let all = block_on(work.run(0..work.pieces())).unwrap();
        let map = work.finish(&all).unwrap();
        assert_eq!(map.shape, INPUT);
        let error = relative_l2(&every_fourth(&map.data), &golden.data);
        let allowed = Errors::ROUNDED_ONCE.gradient;
        assert!(error <= allowed, "{name}: off by {error:.1e}");
        // a part by itself has the same bits
        let each = all.len() / work.pieces();
        assert_eq!(block_on(work.run(3..4)).unwrap(), all[3 * each..4 * each], "{name}");
    }
    assert_eq!(maps.len(), 2, "golden maps");
}
