//! Upsampling against PyTorch.

use candling_core::Bilinear;
use candling_testkit::compare::max_difference;
use candling_testkit::golden;

/// Tolerance for blends of values of at most 3, rounded to `f32` three times.
const ROUNDING: f64 = 1e-6;

#[test]
fn agrees_with_pytorch() {
    let (tensors, _) = golden::tensors(&golden::folder().join("ops.safetensors"));
    for case in ["upsample_bilinear_7_to_20", "upsample_bilinear_x2"] {
        let (x, y) = (&tensors[&format!("{case}.x")], &tensors[&format!("{case}.y")]);
        let size = |extents: &[usize]| (extents[2], extents[3]);
        let planes = x.shape[0] * x.shape[1];
        let up = Bilinear::new(size(&x.shape), size(&y.shape)).planes(&x.data, planes);
        let error = max_difference(&up, &y.data);
        assert!(error <= ROUNDING, "{case}: off by {error:.1e}");
    }
}
