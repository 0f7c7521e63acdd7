/**
 * onnxruntime-web. It has no gradients either: the graphs with a backward pass are made by hand, see
 * `models/onnx_graphs.py`.
 */
import * as ort from "onnxruntime-web/wasm";
import { SIZE, floats, input, publish, threads, timed } from "./operations.mjs";

ort.env.wasm.wasmPaths = "/packages/onnxruntime-web/dist/";
ort.env.wasm.numThreads = threads;
const session = (name) =>
  ort.InferenceSession.create(`/model/${name}.onnx`, {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "all",
    intraOpNumThreads: threads,
  });
const plain = await session("lite0");
const withLayer = await session("lite0-grad-cam");
const withGradient = await session("lite0-guided-backprop");

const photo = await input();
/** The gradient of the class's logit at the CAM layer; the same at all of its positions. */
const alpha = await floats("/model/alpha.bin");
const CHANNELS = 1280;
const SIDE = 7;
const image = () => new ort.Tensor("float32", photo, [1, 3, SIZE, SIZE]);

publish(
  timed({
    forward: async () => (await plain.run({ input: image() })).logits.data,
    async "grad-cam"() {
      const { head } = await withLayer.run({ input: image() });
      const map = new Float32Array(SIDE * SIDE);
      for (let i = 0; i < head.data.length; i++) map[i % map.length] += alpha[i] * head.data[i];
      return map.map((value) => Math.max(value, 0));
    },
    async "guided-backprop"() {
      const feeds = { input: image(), alpha: new ort.Tensor("float32", alpha, [1, CHANNELS, SIDE, SIDE]) };
      return (await withGradient.run(feeds)).gradient.data;
    },
  }),
);
