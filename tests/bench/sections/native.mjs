/** Against PyTorch natively, one thread each, and the headline: a browser tab against PyTorch without one. */
import { existsSync } from "node:fs";
import { operation, withPages } from "../lib/chromium.mjs";
import { LITE0, MAIN, requireBuilds } from "../lib/engines.mjs";
import { interleave } from "../lib/interleave.mjs";
import { withProgram } from "../lib/program.mjs";
import { check } from "../lib/reference.mjs";
import { summary } from "../lib/statistics.mjs";
import { ms, table } from "../lib/table.mjs";
import { at } from "../lib/tools.mjs";

export const name = "native";
export const title = "Natively, one thread";

const MODEL = at("target/bench/model");
const PYTHON = at("target/bench-venv/bin/python");
/** The explained class, as in all sections. */
const TARGET_CLASS = "285";

/**
 * Each operation of the Python program with what it is checked against; pytorch-grad-cam's gives no raw map,
 * so that the program checks it itself.
 */
const PYTORCH = [
  { name: "forward", label: "PyTorch eager: forward", golden: "forward" },
  { name: "pytorch_grad_cam", label: "pytorch-grad-cam: Grad-CAM" },
  { name: "captum_layer_grad_cam", label: "Captum: Grad-CAM", golden: "grad-cam" },
  { name: "captum_guided_grad_cam", label: "Captum: Guided Grad-CAM", golden: "guided-grad-cam" },
];
const CANDLING = [
  { name: "forward", label: "Candling, native: forward", golden: "forward" },
  { name: "grad-cam", label: "Candling, native: Grad-CAM", golden: "grad-cam" },
  { name: "guided-grad-cam", label: "Candling, native: Guided Grad-CAM", golden: "guided-grad-cam" },
];
const TAB = [{ name: "grad-cam", label: "Candling, in a tab: Grad-CAM", golden: "grad-cam" }];

export async function measure({ runs, lib, native }) {
  requireBuilds(lib);
  if (!existsSync(native)) {
    throw new Error(
      `there is no ${native}; make it with: cargo build --release --package candling --example timings`,
    );
  }
  return withProgram(PYTHON, ["-B", at("tests/bench/native/explainers.py"), MODEL], (pytorch) =>
    withProgram(native, [LITE0, `${MODEL}/input.bin`, TARGET_CLASS], (candling) =>
      withPages(lib, async (open) => {
        const page = await open(MAIN.query);
        const participants = [
          ...CANDLING.map((what) => ({ ...what, ...candling(what.name) })),
          ...TAB.map((what) => ({ ...what, ...operation(page, what.name) })),
          ...PYTORCH.map((what) => ({ ...what, ...pytorch(what.name) })),
        ];
        for (const { label, golden, value } of participants) {
          if (golden !== undefined) check(label, golden, await value());
        }
        const samples = await interleave(participants, runs);
        return { rows: participants.map(({ label }, i) => ({ label, ...summary(samples[i]) })) };
      }),
    ),
  );
}

export function render({ rows }) {
  return table(
    ["what", "median ms", "min", "p90"],
    rows.map(({ label, median, min, p90 }) => [label, ms(median), ms(min), ms(p90)]),
  );
}
