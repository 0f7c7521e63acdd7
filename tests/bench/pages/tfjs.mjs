/** TensorFlow.js on its wasm backend, the network written with its ops as one would by hand. */
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import {
  SIZE,
  TARGET_CLASS,
  floats,
  input,
  interleaved,
  planar,
  publish,
  threads,
  timed,
} from "./operations.mjs";
import { addGradientKernels } from "./tfjs-gradients.mjs";

setWasmPaths("/packages/@tensorflow/tfjs-backend-wasm/dist/");
if (threads === 1) {
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
} else {
  // The backend takes no more threads than half of the cores. Told of twice as many, it runs as many as it is
  // asked for.
  Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 * threads });
  setThreadsCount(threads);
}
await tf.setBackend("wasm");
await tf.ready();
addGradientKernels(tf);

const [layers, weights, planes] = await Promise.all([
  fetch("/model/tfjs.json").then((response) => response.json()),
  floats("/model/tfjs.bin"),
  input(),
]);
const photo = interleaved(planes);
const CAM_LAYER = "head";

const parameter = ({ start, shape }) =>
  tf.tensor(weights.subarray(start, start + shape.reduce((a, b) => a * b)), shape);
const parameters = new Map();
for (const { name, weight, bias } of layers) {
  if (weight) parameters.set(name, { filter: parameter(weight), bias: parameter(bias) });
}
const classifier = parameters.get("classifier");

/** ReLU6 by the guided rule. Its masks are `step`s: `less` has only a scalar kernel in the wasm backend. */
const guidedRelu6 = tf.customGrad((x, save) => {
  const y = tf.clipByValue(x, 0, 6);
  save([y]);
  return { value: y, gradFunc: (dy, [y]) => tf.mul(tf.mul(tf.relu(dy), tf.step(y)), tf.step(tf.sub(6, y))) };
});

/**
 * The output of the CAM layer; bias and activation fused into the convolution, which has no gradient then, or
 * apart.
 */
function features(image, relu6) {
  const values = { input: image };
  for (const { name, kind, inputs, stride, activation } of layers) {
    const [x, shortcut] = inputs.map((from) => values[from]);
    if (kind === "add") values[name] = tf.add(x, shortcut);
    else if (relu6 === "fused") {
      const convolve = kind === "conv" ? tf.fused.conv2d : tf.fused.depthwiseConv2d;
      values[name] = convolve({ x, ...parameters.get(name), strides: stride, pad: "same", activation });
    } else {
      const { filter, bias } = parameters.get(name);
      const linear = tf.add(
        (kind === "conv" ? tf.conv2d : tf.depthwiseConv2d)(x, filter, stride, "same"),
        bias,
      );
      values[name] = activation === "relu6" ? relu6(linear) : linear;
    }
    if (name === CAM_LAYER) return values[name];
  }
  throw new Error(`the network has no layer ${CAM_LAYER}`);
}
const logits = (map) => tf.add(tf.matMul(tf.mean(map, [1, 2]), classifier.filter), classifier.bias);
const logit = (map) => tf.sum(tf.slice(logits(map), [0, TARGET_CLASS], [1, 1]));

const image = () => tf.tensor4d(photo, [1, SIZE, SIZE, 3]);
async function values(compute) {
  const tensor = tf.tidy(compute);
  const data = await tensor.data();
  tensor.dispose();
  return data;
}

const operations = {
  forward: () => values(() => logits(features(image(), "fused"))),
  "grad-cam": () =>
    values(() => {
      const map = features(image(), "fused");
      const weights = tf.mean(tf.grad(logit)(map), [1, 2], true);
      return tf.relu(tf.sum(tf.mul(map, weights), 3));
    }),
  "guided-backprop": () => values(() => tf.grad((x) => logit(features(x, guidedRelu6)))(image())),
};
const { time, value } = timed(operations);
publish({
  time,
  value: async (name) => (name === "guided-backprop" ? planar(await value(name)) : value(name)),
});
