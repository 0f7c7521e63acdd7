//! A scale and a shift behind a convolution without activation go into its weights: `w' = w·scale`, `b' =
//! b·scale + shift`, in `f64`.

use candling_core::Activation;

use super::pairs::merge;
use crate::draft::{Draft, DraftNode, DraftOp, Tensor};

pub(super) fn run(draft: &mut Draft) -> Result<(), String> {
    merge(draft, |before, behind, constants| {
        let (DraftOp::Conv2d { activation: Activation::None, .. }, DraftOp::Affine) =
            (&before.op, &behind.op)
        else {
            return Ok(None);
        };
        let (scale, shift) = (behind.constant(1, constants)?, behind.constant(2, constants)?);
        let weight = before.constant(1, constants)?;
        let channels = weight.shape.first().copied().unwrap_or_default();
        let bias = match before.inputs.len() {
            2 => None,
            _ => Some(before.constant(2, constants)?),
        };
        let lengths = [Some(scale), Some(shift), bias];
        if channels == 0 || lengths.into_iter().flatten().any(|vector| vector.data.len() != channels) {
            return Err(format!(
                "{}: it gives {channels} channels, of which {} are scaled and {} shifted",
                before.described(),
                scale.data.len(),
                shift.data.len()
            ));
        }
        let rows = weight.data.chunks((weight.data.len() / channels).max(1)).zip(&scale.data);
        let folded = rows.flat_map(|(row, scale)| row.iter().map(move |w| w * scale)).collect();
        let shifted = match bias {
            None => shift.data.clone(),
            Some(bias) => {
                let terms = bias.data.iter().zip(&scale.data).zip(&shift.data);
                terms.map(|((bias, scale), shift)| bias * scale + shift).collect()
            }
        };
        let folded = Tensor { shape: weight.shape.clone(), data: folded };
        let shifted = Tensor { shape: vec![channels], data: shifted };
        let names = ["weight", "bias"].map(|what| format!("{}:{what} and {}", before.name, behind.name));
        constants.extend(names.clone().into_iter().zip([folded, shifted]));
        let inputs = before.inputs[..1].iter().cloned().chain(names).collect();
        Ok(Some(DraftNode { inputs, ..before.clone() }))
    })
}
