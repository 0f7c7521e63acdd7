/**
 * The work in a model file: FLOP and bytes of each layer at an input size, from its graph and the extents of
 * its weights.
 */
import { readFileSync } from "node:fs";

const F32 = 4;

/** Layers as in the file, and the extents of its tensors. */
export function readModel(path) {
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE(0));
  const { __metadata__: metadata, ...tensors } = JSON.parse(bytes.toString("utf8", 8, 8 + length));
  const { name, preprocessing, layers } = JSON.parse(metadata.candling);
  return { name, side: preprocessing.width, layers, tensors };
}

/**
 * Each layer's output shape, work, and traffic for a square input.
 *
 * A multiply-add is 2 FLOP; biases and activations, well under 1 %, are not counted. Bytes are those of an
 * f32 engine that reads its inputs and weights once and writes its output once; in the backward pass it reads
 * the output's gradient, the weights, and the input if that is a ReLU's output, whose mask it is, and writes
 * the input's gradient.
 */
export function workOf({ layers, tensors }, side) {
  const shapes = new Map([["input", [3, side, side]]]);
  const masks = new Set(
    layers.filter(({ op }) => (op.conv2d?.activation ?? "none") !== "none").map(({ name }) => name),
  );
  const size = (name) => shapes.get(name).reduce((a, b) => a * b);
  return layers.map(({ name, op, inputs }) => {
    const weight = tensors[`${name}.weight`]?.shape;
    const shape = outputShape(name, op, weight, shapes.get(inputs[0]));
    shapes.set(name, shape);
    const weights = weight?.reduce((a, b) => a * b) ?? 0;
    const read = inputs.reduce((sum, input) => sum + size(input), weights);
    return {
      name,
      kind: kindOf(op, weight),
      shape,
      // every weight meets every position of the output once
      flop: 2 * weights * shape[1] * shape[2],
      bytes: F32 * (read + size(name)),
      bytesBack:
        F32 *
        (size(name) +
          weights +
          inputs.reduce((sum, input) => sum + size(input) * (masks.has(input) ? 2 : 1), 0)),
    };
  });
}

export const total = (work) => work.reduce((sum, { flop }) => sum + flop, 0);

function outputShape(name, op, weight, [channels, height, width]) {
  if (op === "add") return [channels, height, width];
  if (op === "global_avg_pool") return [channels, 1, 1];
  if (op === "linear") return [weight[0], 1, 1];
  if (op.conv2d === undefined)
    throw new Error(`layer ${name}: the benchmark does not know the op ${JSON.stringify(op)}`);
  const {
    stride,
    padding: [top, bottom, left, right],
    dilation,
  } = op.conv2d;
  const extent = (size, before, after, axis) =>
    Math.floor((size + before + after - dilation[axis] * (weight[2 + axis] - 1) - 1) / stride[axis]) + 1;
  return [weight[0], extent(height, top, bottom, 0), extent(width, left, right, 1)];
}

function kindOf(op, weight) {
  if (op.conv2d === undefined) return op;
  const [, inputs, rows, columns] = weight;
  const stride = op.conv2d.stride[0] > 1 ? `/${op.conv2d.stride[0]}` : "";
  return `${inputs === 1 ? "depthwise " : ""}${rows}×${columns}${stride}`;
}
