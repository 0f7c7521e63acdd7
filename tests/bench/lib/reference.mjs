/**
 * Correctness before speed: every engine's answers are compared with PyTorch's in f64, the committed goldens,
 * before it is timed.
 */
import { readFileSync } from "node:fs";
import { at } from "./tools.mjs";

/** The tolerances of `crates/cpu/tests/golden_network.rs`, where their reasons stand. Logits: absolute. */
const LOGITS = 2e-3;
/** CAM maps at the last layer: as a share of the map's maximum. */
const CAM = 1e-3;
/** Pixel maps: relative L2. A mask that flips by rounding moves some of their pixels far. */
const PIXELS = 1e-2;

const SIDE = 224;

// `Math.max` of a NaN is NaN, so that one wrong value is not lost among right ones
const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const largestDifference = (actual, expected) => largest(expected.map((value, i) => actual[i] - value));
const norm = (values) => Math.hypot(...values);

const ofMaximum = (actual, expected) => largestDifference(actual, expected) / largest(expected);
const relativeL2 = (actual, expected) => norm(expected.map((value, i) => actual[i] - value)) / norm(expected);

/** The goldens keep every fourth row and column of 3×224×224. */
const everyFourth = (planes) =>
  planes.filter((_, i) => (i % SIDE) % 4 === 0 && (Math.floor(i / SIDE) % SIDE) % 4 === 0);

const comparisons = {
  forward: { golden: "logits", error: largestDifference, tolerance: LOGITS },
  "grad-cam": { golden: "grad-cam", error: ofMaximum, tolerance: CAM },
  "second-class": { golden: "grad-cam", error: ofMaximum, tolerance: CAM },
  "guided-backprop": { golden: "guided-backprop", of: everyFourth, error: relativeL2, tolerance: PIXELS },
  "guided-grad-cam": { golden: "guided-grad-cam", of: everyFourth, error: relativeL2, tolerance: PIXELS },
};

let reference;

/** Returns the error of `actual`, the answer of an operation. Throws if it exceeds the tolerance. */
export function check(who, operation, actual) {
  reference ??= JSON.parse(readFileSync(at("target/bench/model/reference.json"), "utf8"));
  const { golden, of = (values) => values, error: measure, tolerance } = comparisons[operation];
  const given = of(actual);
  const expected = reference[golden];
  if (given.length !== expected.length) {
    throw new Error(`${who}, ${operation}: ${given.length} values, but the reference has ${expected.length}`);
  }
  const error = measure(given, expected);
  // not `error > tolerance`: a NaN is wrong too
  if (!(error <= tolerance))
    throw new Error(`${who}, ${operation}: off by ${error}, allowed is ${tolerance}`);
  return error;
}
