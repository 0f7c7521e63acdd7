/**
 * The targets, as data: each with its bound and how it follows from the results of one section. A missed
 * target fails nothing; the table says so.
 */
import { arithmeticCeiling } from "./ceiling.mjs";
import { largestDeviation } from "../sections/cost.mjs";
import { beyondTransfer } from "../sections/first-use.mjs";
import { unexplained } from "../sections/layers.mjs";

const PLAIN = "Candling, simd128";
const RELAXED = "Candling, relaxed SIMD";
const THREADS = "Candling, 2 threads";

/** The median of an engine's operation in the browser. */
const browser = ({ rows }, engine, operation) =>
  find(rows, (row) => row.engine === engine && row.operation === operation).median;
const native = ({ rows }, label) => find(rows, (row) => row.label === label).median;
const find = (rows, wanted) => {
  const row = rows.find(wanted);
  if (row === undefined) throw new Error(`no row for ${wanted}`);
  return row;
};

/** Time of the first by the time of the fastest of the others, each `[engine, operation]`. */
const ratio =
  (own, ...others) =>
  (data) =>
    browser(data, ...own) / Math.min(...others.map((other) => browser(data, ...other)));
const nativeRatio = (own, other) => (data) => native(data, own) / native(data, other);

const share = (engine) => (data) =>
  data.gflop / (browser(data, engine, "forward") / 1e3) / arithmeticCeiling(data.ceiling);

/** With `least` the measured value must be no smaller than the bound, else no larger. */
const targets = [
  {
    section: "browser",
    bound: 0.85,
    unit: "×",
    name: "forward, relaxed SIMD ÷ LiteRT.js with relaxed SIMD",
    measured: ratio([RELAXED, "forward"], ["LiteRT.js, relaxed SIMD", "forward"]),
  },
  {
    section: "browser",
    bound: 0.85,
    unit: "×",
    name: "forward, simd128 ÷ the better of TensorFlow.js-wasm and LiteRT.js with plain SIMD",
    measured: ratio([PLAIN, "forward"], ["TensorFlow.js", "forward"], ["LiteRT.js, plain SIMD", "forward"]),
  },
  {
    section: "browser",
    bound: 60,
    least: true,
    unit: "%",
    name: "forward, relaxed SIMD: share of the core's ceiling",
    measured: (data) => 100 * share(RELAXED)(data),
  },
  {
    section: "browser",
    bound: 1.05,
    unit: "×",
    name: "Grad-CAM, photo new ÷ our forward",
    measured: ratio([RELAXED, "grad-cam"], [RELAXED, "forward"]),
  },
  {
    section: "browser",
    bound: 0.6,
    unit: "×",
    name: "Grad-CAM, photo new ÷ TensorFlow.js-wasm's",
    measured: ratio([RELAXED, "grad-cam"], ["TensorFlow.js", "grad-cam"]),
  },
  {
    section: "browser",
    bound: 0.05,
    unit: "×",
    name: "Grad-CAM of a second class ÷ our forward",
    measured: ratio([RELAXED, "second-class"], [RELAXED, "forward"]),
  },
  {
    section: "browser",
    bound: 0.5,
    unit: "×",
    name: "Grad-CAM ÷ onnxruntime-web with a hand-made backward graph",
    measured: ratio([RELAXED, "grad-cam"], ["onnxruntime-web", "grad-cam"]),
  },
  {
    section: "browser",
    bound: 0.45,
    unit: "×",
    name: "Guided Backprop ÷ onnxruntime-web with a hand-made backward graph",
    measured: ratio([RELAXED, "guided-backprop"], ["onnxruntime-web", "guided-backprop"]),
  },
  {
    section: "browser",
    bound: 2,
    unit: "×",
    name: "Guided Backprop, forward and whole backward ÷ our forward",
    measured: ratio([RELAXED, "guided-backprop"], [RELAXED, "forward"]),
  },
  {
    section: "browser",
    bound: 0.25,
    unit: "×",
    name: "Guided Backprop ÷ the best TensorFlow.js figure, one thread",
    measured: ratio([RELAXED, "guided-backprop"], ["TensorFlow.js", "guided-backprop"]),
  },
  {
    section: "browser",
    bound: 0.85,
    unit: "×",
    name: "forward, two threads ÷ LiteRT.js with two threads",
    measured: ratio([THREADS, "forward"], ["LiteRT.js, 2 threads", "forward"]),
  },
  {
    section: "browser",
    bound: 1.7,
    least: true,
    unit: "×",
    name: "forward: speed with two threads ÷ with one",
    measured: ratio([RELAXED, "forward"], [THREADS, "forward"]),
  },
  {
    section: "occlusion",
    bound: 1.8,
    least: true,
    unit: "×",
    name: "occlusion map: speed with two workers ÷ with one",
    measured: ({ speedUp }) => speedUp,
  },
  {
    section: "stream",
    bound: 25,
    least: true,
    unit: "/s",
    name: "live stream: frames a second",
    measured: ({ framesPerSecond }) => framesPerSecond,
  },
  {
    section: "stream",
    bound: 16,
    unit: "ms",
    name: "live stream: longest block of the main thread",
    measured: ({ longestBlock }) => longestBlock,
  },
  {
    section: "native",
    bound: 0.25,
    unit: "×",
    name: "native Grad-CAM ÷ pytorch-grad-cam's",
    measured: nativeRatio("Candling, native: Grad-CAM", "pytorch-grad-cam: Grad-CAM"),
  },
  {
    section: "native",
    bound: 0.8,
    unit: "×",
    name: "native Grad-CAM ÷ Captum's",
    measured: nativeRatio("Candling, native: Grad-CAM", "Captum: Grad-CAM"),
  },
  {
    section: "native",
    bound: 0.35,
    unit: "×",
    name: "native Guided Grad-CAM ÷ Captum's",
    measured: nativeRatio("Candling, native: Guided Grad-CAM", "Captum: Guided Grad-CAM"),
  },
  {
    section: "native",
    bound: 0.4,
    unit: "×",
    name: "the headline: Grad-CAM in a tab ÷ pytorch-grad-cam natively",
    measured: nativeRatio("Candling, in a tab: Grad-CAM", "pytorch-grad-cam: Grad-CAM"),
  },
  {
    section: "memory",
    bound: 100,
    unit: "MB",
    name: "wasm memory after 500 Guided Backprops, any build",
    measured: ({ rows }) => Math.max(...rows.map(({ many }) => many)) / 1e6,
  },
  {
    section: "memory",
    bound: 1,
    unit: "×",
    name: "wasm memory after 500 Guided Backprops ÷ after one",
    measured: ({ rows }) => Math.max(...rows.map(({ once, many }) => many / once)),
  },
  {
    section: "download",
    bound: 220,
    unit: "kB",
    name: "engine download, the largest build",
    measured: ({ builds }) => Math.max(...builds.map(({ total }) => total)) / 1e3,
  },
  {
    section: "first-use",
    bound: 1000,
    unit: "ms",
    name: "first use, beyond the weights' transfer",
    measured: beyondTransfer,
  },
  {
    section: "cost",
    bound: 15,
    unit: "%",
    name: "cost against work: furthest from proportional",
    measured: (data) => 100 * largestDeviation(data),
  },
  {
    section: "layers",
    bound: 0,
    unit: "layers",
    name: "under 35 % of their own roofline with no sentence why",
    measured: unexplained,
  },
];

/** Every target whose section has results. */
export function judge(sections) {
  return targets
    .filter(({ section }) => sections[section] !== undefined)
    .map(({ section, name, bound, least = false, unit, measured }) => {
      const value = measured(sections[section].data);
      return {
        section,
        name,
        measured: value,
        bound,
        least,
        unit,
        reached: least ? value >= bound : value <= bound,
      };
    });
}
