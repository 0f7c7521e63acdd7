//! What a draft computes, in `f64` and as plainly as it can be written: the oracle that passes are held
//! against.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;

use candling_core::{Activation, INPUT, Op};

use super::{Draft, DraftNode, DraftOp, Tensor};

/// A picture `[channels, rows, columns]`.
pub(crate) type Picture = Tensor;

/// The output of the last node.
pub(crate) fn evaluate(draft: &Draft, input: &Picture) -> Picture {
    let mut values = BTreeMap::from([(INPUT.to_owned(), input.clone())]);
    for node in &draft.nodes {
        let value = output(draft, node, &values);
        values.insert(node.name.clone(), value);
    }
    values[&draft.nodes[draft.nodes.len() - 1].name].clone()
}

fn output(draft: &Draft, node: &DraftNode, values: &BTreeMap<String, Picture>) -> Picture {
    let x = &values[&node.inputs[0]];
    let constant = |at: usize| node.inputs.get(at).map(|name| &draft.constants[name].data);
    let area = x.shape[1] * x.shape[2];
    // A function of the channel and the value.
    let each = |f: &dyn Fn(usize, f64) -> f64| Picture {
        shape: x.shape.clone(),
        data: x.data.iter().enumerate().map(|(at, &v)| f(at / area, v)).collect(),
    };
    match &node.op {
        DraftOp::Identity => x.clone(),
        DraftOp::Activation(activation) => each(&|_, v| activate(*activation, v)),
        DraftOp::BatchNorm { epsilon } => {
            let [gamma, beta, mean, variance] = [1, 2, 3, 4].map(|at| constant(at).unwrap());
            each(&|c, v| gamma[c] * (v - mean[c]) / (variance[c] + epsilon).sqrt() + beta[c])
        }
        DraftOp::Affine => each(&|c, v| v * constant(1).unwrap()[c] + constant(2).unwrap()[c]),
        DraftOp::Pad(p) => pad(x, [p.top, p.bottom, p.left, p.right]),
        DraftOp::Plain(Op::Add(_)) => {
            let sum = x.data.iter().zip(&values[&node.inputs[1]].data).map(|(a, b)| a + b).collect();
            Picture { shape: x.shape.clone(), data: sum }
        }
        DraftOp::Plain(Op::GlobalAvgPool(_)) => {
            let means = x.data.chunks(area).map(|channel| channel.iter().sum::<f64>() / area as f64);
            Picture { shape: vec![x.shape[0], 1, 1], data: means.collect() }
        }
        DraftOp::Linear => {
            let rows = constant(1).unwrap().chunks(x.data.len()).zip(constant(2).unwrap());
            let dot = |row: &[f64]| row.iter().zip(&x.data).map(|(w, v)| w * v).sum::<f64>();
            let data: Vec<f64> = rows.map(|(row, bias)| dot(row) + bias).collect();
            Picture { shape: vec![data.len(), 1, 1], data }
        }
        &DraftOp::Conv2d { stride, padding: p, dilation, groups, activation } => {
            let x = pad(x, [p.top, p.bottom, p.left, p.right]);
            let kernel = &draft.constants[&node.inputs[1]];
            let y = convolve(&x, kernel, stride, dilation, groups);
            let area = y.shape[1] * y.shape[2];
            let bias = |at: usize| constant(2).map_or(0.0, |bias| bias[at / area]);
            let data = y.data.iter().enumerate().map(|(at, v)| activate(activation, v + bias(at))).collect();
            Picture { data, ..y }
        }
        op => panic!("{op:?} is of no test here"),
    }
}

fn activate(activation: Activation, v: f64) -> f64 {
    match activation {
        Activation::None => v,
        Activation::Relu => v.max(0.0),
        Activation::Relu6 => v.clamp(0.0, 6.0),
    }
}

fn pad(x: &Picture, [top, bottom, left, right]: [usize; 4]) -> Picture {
    let &[channels, rows, columns] = x.shape.as_slice() else { panic!("{:?}", x.shape) };
    let (height, width) = (top + rows + bottom, left + columns + right);
    let mut data = vec![0.0; channels * height * width];
    for (at, v) in x.data.iter().enumerate() {
        let (c, y, x) = (at / (rows * columns), at / columns % rows, at % columns);
        data[(c * height + top + y) * width + left + x] = *v;
    }
    Picture { shape: vec![channels, height, width], data }
}

fn convolve(
    x: &Picture,
    kernel: &Tensor,
    stride: [usize; 2],
    dilation: [usize; 2],
    groups: usize,
) -> Picture {
    let &[outputs, per_group, kh, kw] = kernel.shape.as_slice() else { panic!("{:?}", kernel.shape) };
    let (rows, columns) = (x.shape[1], x.shape[2]);
    let extent =
        |size: usize, k: usize, axis: usize| (size - dilation[axis] * (k - 1) - 1) / stride[axis] + 1;
    let (height, width) = (extent(rows, kh, 0), extent(columns, kw, 1));
    let mut data = vec![0.0; outputs * height * width];
    for (at, sum) in data.iter_mut().enumerate() {
        let (o, r, c) = (at / (height * width), at / width % height, at % width);
        for tap in 0..per_group * kh * kw {
            let (i, u, v) = (tap / (kh * kw), tap / kw % kh, tap % kw);
            let channel = o / (outputs / groups) * per_group + i;
            let (y, z) = (r * stride[0] + u * dilation[0], c * stride[1] + v * dilation[1]);
            *sum += kernel.data[o * per_group * kh * kw + tap] * x.data[(channel * rows + y) * columns + z];
        }
    }
    Picture { shape: vec![outputs, height, width], data }
}
