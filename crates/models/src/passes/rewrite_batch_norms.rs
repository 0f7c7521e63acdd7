//! Batch normalisation of a trained network is a scale and a shift: `scale = γ/√(variance + ε)`, `shift = β −
//! mean·scale`.

use crate::draft::{Draft, DraftOp, Tensor};

pub(super) fn run(draft: &mut Draft) -> Result<(), String> {
    let Draft { nodes, constants } = draft;
    for node in nodes {
        let DraftOp::BatchNorm { epsilon } = node.op else { continue };
        let constant = |at| node.constant(at, constants);
        let (gamma, beta, mean, variance) = (constant(1)?, constant(2)?, constant(3)?, constant(4)?);
        if [beta, mean, variance].iter().any(|other| other.data.len() != gamma.data.len()) {
            return Err(format!("{}: its statistics are of different lengths", node.described()));
        }
        let scale: Vec<f64> = gamma
            .data
            .iter()
            .zip(&variance.data)
            .map(|(gamma, var)| gamma / (var + epsilon).sqrt())
            .collect();
        let shift =
            beta.data.iter().zip(&mean.data).zip(&scale).map(|((beta, mean), scale)| beta - mean * scale);
        let vector = |data: Vec<f64>| Tensor { shape: vec![data.len()], data };
        let (shift, scale) = (vector(shift.collect()), vector(scale));
        let names = ["scale", "shift"].map(|what| format!("{}:{what}", node.name));
        node.inputs.truncate(1);
        node.inputs.extend(names.clone());
        constants.extend(names.into_iter().zip([scale, shift]));
        node.op = DraftOp::Affine;
    }
    Ok(())
}
