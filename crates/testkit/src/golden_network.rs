//! A network against PyTorch in `f64`: logits, every CAM method at every golden layer, every pixel method, on every golden picture
//! and class. Raw values.

use std::sync::Arc;

use candling_core::{
    Attribution, Backend, Bilinear, Method, Network, NodeId, Query, ReluRule, Retain, Shape, Tape, Target,
};
use pollster::block_on;

use crate::compare::{max_difference, relative_l2};
use crate::golden::{self, Picture};

/// How far results may be off, or were.
#[derive(Debug, Clone, Copy, Default)]
pub struct Errors {
    /// Logits, absolute. PyTorch's own `f32` is off by 1e-5; a wrong epsilon or padding by more than 0.1.
    pub logits: f64,
    /// CAM maps at the last layer, as a share of the map's maximum.
    pub cam_at_head: f64,
    /// CAM maps at earlier layers, likewise: a ReLU6 mask that flips by rounding moves the gradient (PyTorch's `f32`: up to 6e-3).
    pub cam_before: f64,
    /// Pixel maps, and gradients' means by channel, relative L2, for the same reason (PyTorch's `f32`: up to 4e-3).
    pub gradient: f64,
}

/// Input of one picture.
pub const INPUT: Shape = Shape::new(1, 3, 224, 224);

/// The layers with golden maps, and the methods at each.
const LAYERS: [&str; 5] = ["head", "blocks.10.add", "blocks.9.depthwise", "blocks.4.add", "stem"];
const CAMS: [(Method, &str); 3] = [
    (Method::GradCam, "grad-cam.signed"),
    (Method::HiresCam, "hires-cam.signed"),
    // stored before its ReLU, despite the name
    (Method::LayerCam, "layer-cam"),
];
const PIXEL_METHODS: [Method; 5] = [
    Method::Gradient,
    Method::GuidedBackprop,
    Method::Deconvnet,
    Method::InputXGradient,
    Method::GuidedGradCam,
];

/// One network on all golden cases.
struct Check<'a, B: Backend> {
    network: &'a Arc<Network<B>>,
    allowed: Errors,
    largest: Errors,
}

/// Runs every golden case of Lite0 and returns how far the results were off at most; `tensor` makes the input of a picture.
///
/// # Panics
/// Where one is off by more than `allowed`.
pub fn every_case<B: Backend>(
    network: &Arc<Network<B>>,
    tensor: impl Fn(&Picture) -> Vec<f32>,
    allowed: Errors,
) -> Errors {
    let mut check = Check { network, allowed, largest: Errors::default() };
    let mut cases = 0;
    for picture in golden::pictures() {
        let tape = network.forward(INPUT, &tensor(&picture), Retain::All).unwrap();
        for &(class, over) in &picture.classes {
            check.case(&tape, &picture.name, class, over);
            cases += 1;
        }
    }
    assert_eq!(cases, 8, "golden cases");
    check.largest
}

impl<B: Backend> Check<'_, B> {
    fn case(&mut self, tape: &Tape<B>, picture: &str, class: u32, over: u32) {
        let (golden, notes) = golden::case(picture, class);
        let get = |name: &str| {
            let tensor = golden.get(name).unwrap_or_else(|| panic!("no golden {name}"));
            tensor.data.as_slice()
        };
        let name = |what: &str| format!("{picture} {class} {what}");

        let logits = block_on(tape.logits()).unwrap();
        let error = max_difference(&logits, get("logits"));
        assert!(error <= self.allowed.logits, "{}: off by {error:.1e}", name("logits"));
        self.largest.logits = self.largest.logits.max(error);

        let target = Target::Class(class);
        for layer in LAYERS {
            let id = self.find(layer);
            for (method, suffix) in CAMS {
                let suffix = format!("{layer}/{suffix}");
                let (what, signed) = (name(&suffix), get(&suffix));
                let query = Query::new(method, target).at(id);
                self.cam(&what, layer, &explain(tape, query).data, &relu(signed, 1.0), largest(signed));
                if method == Method::GradCam {
                    // the other half of the signed map
                    let against = explain(tape, Query { counterfactual: true, ..query }).data;
                    self.cam(&what, layer, &against, &relu(signed, -1.0), largest(signed));
                }
            }
        }

        let head = self.find("head");
        let map = explain(tape, Query::new(Method::GradCam, target)).data;
        let upsampled = every_fourth(&Bilinear::new((7, 7), (224, 224)).planes(&map, 1));
        let golden = get("head/grad-cam.upsampled");
        self.cam(&name("upsampled"), "head", &upsampled, golden, largest(golden));

        let cam = explain(tape, Query::new(Method::Cam, target)).data;
        let signed = get("head/cam.signed");
        self.cam(&name("head/cam.signed"), "head", &cam, signed, largest(signed));

        let margin = Query::new(Method::GradCam, Target::Margin { class, over }).at(head);
        let signed = get("head/grad-cam.margin.signed");
        self.cam(&name("margin"), "head", &explain(tape, margin).data, &relu(signed, 1.0), largest(signed));

        for method in PIXEL_METHODS {
            let map = explain(tape, Query::new(method, target)).data;
            let error = relative_l2(&every_fourth(&map), get(&format!("{method}.sub4")));
            self.gradient(&name(method.name()), error);
            // ... and of the whole map its norm
            let l2 = map.iter().map(|&v| f64::from(v) * f64::from(v)).sum::<f64>().sqrt();
            let expected = notes["stats"][method.name()]["l2"].as_f64().unwrap();
            self.gradient(&name(&format!("{method}, its norm")), (l2 - expected).abs() / expected);
        }

        // Grad-CAM's weights
        for layer in &LAYERS[..4] {
            let id = self.find(layer);
            let gradient = tape.backward(target, id, ReluRule::Exact).unwrap();
            let values = block_on(self.network.backend().download(&gradient)).unwrap();
            let area = tape.shape(id).area();
            let means: Vec<f32> = values.chunks(area).map(|g| g.iter().sum::<f32>() / area as f32).collect();
            let what = format!("{layer}/gradient.channel_mean");
            self.gradient(&name(&what), relative_l2(&means, get(&what)));
        }
    }

    fn find(&self, layer: &str) -> NodeId {
        self.network.graph().find(layer).unwrap()
    }

    /// Off by a share of `scale`, the golden map's largest magnitude.
    fn cam(&mut self, what: &str, layer: &str, actual: &[f32], golden: &[f32], scale: f64) {
        let error = max_difference(actual, golden) / scale;
        let (allowed, largest) = if layer == "head" {
            (self.allowed.cam_at_head, &mut self.largest.cam_at_head)
        } else {
            (self.allowed.cam_before, &mut self.largest.cam_before)
        };
        assert!(error <= allowed, "{what}: off by {error:.1e} of the maximum");
        *largest = largest.max(error);
    }

    fn gradient(&mut self, what: &str, error: f64) {
        assert!(error <= self.allowed.gradient, "{what}: off by {error:.1e}, relative");
        self.largest.gradient = self.largest.gradient.max(error);
    }
}

fn explain<B: Backend>(tape: &Tape<B>, query: Query) -> Attribution {
    block_on(tape.explain(&query)).unwrap()
}

/// One half of a signed map.
#[must_use]
pub fn relu(map: &[f32], sign: f32) -> Vec<f32> {
    map.iter().map(|&v| (sign * v).max(0.0)).collect()
}

/// The largest magnitude.
#[must_use]
pub fn largest(map: &[f32]) -> f64 {
    map.iter().map(|v| f64::from(v.abs())).fold(0.0, f64::max)
}

/// Every fourth row and column of planes of 224×224, which is what the goldens keep of them.
fn every_fourth(planes: &[f32]) -> Vec<f32> {
    let rows = planes.chunks(224).enumerate().filter(|(row, _)| row % 224 % 4 == 0);
    rows.flat_map(|(_, row)| row.iter().step_by(4).copied()).collect()
}
