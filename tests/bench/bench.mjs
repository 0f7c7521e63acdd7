/**
 * `just bench`: how long the engine takes in Chromium, one thread, on EfficientNet-Lite0 at 224×224.
 *
 * Every round runs each measurement once, so that a slow moment of a shared machine falls on all of them alike; medians
 * and ratios are what to quote. Times are taken in the worker around each call, as the page shows them.
 *
 * Where PyTorch is installed (`just golden` does that), its eager forward on one thread is measured in the same session,
 * as the yardstick of the machine.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { serve } from "../../web/scripts/server.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const WARM_UP = 8;
const ROUNDS = 30;

const root = fileURLToPath(new URL("../..", import.meta.url));
const python = `${root}target/golden-venv/bin/python`;

/** Runs in the page: milliseconds per stage, a list of `rounds` each. */
async function measure({ rounds, warmUp }) {
  const { Candling } = await import("/lib/candling.js");
  const candling = await Candling.load({ model: "/models/efficientnet-lite0.safetensors" });
  const times = { forward: [], gradCam: [], secondClass: [], guidedBackprop: [], guidedGradCam: [] };
  for (let round = -warmUp; round < rounds; round++) {
    const tensor = Float32Array.from({ length: 3 * 224 * 224 }, (_, i) => Math.sin(i * 0.01 + round));
    const run = await candling.runTensor(tensor, [1, 3, 224, 224]);
    const explain = async (method, target) => {
      const map = await run.explain({ method, target });
      return map.timings.backward;
    };
    const of = {
      forward: run.timings.forward,
      gradCam: await explain("grad-cam", 285),
      secondClass: await explain("grad-cam", 235),
      guidedBackprop: await explain("guided-backprop", 285),
      guidedGradCam: await explain("guided-grad-cam", 285),
    };
    if (round >= 0) for (const [name, ms] of Object.entries(of)) times[name].push(ms);
    run.free();
  }
  candling.close();
  return times;
}

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

const server = await serve(0);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage();
// any page of the site that does not run the engine itself
await page.goto(`http://localhost:${server.address().port}/samples/samples.json`);
const times = await page.evaluate(measure, { rounds: ROUNDS, warmUp: WARM_UP });
const version = browser.version();
await browser.close();
server.close();

const forward = median(times.forward);
const row = (name, ms) => {
  const cells = [name.padEnd(46), median(ms).toFixed(1).padStart(8), Math.min(...ms).toFixed(1).padStart(8)];
  console.log([...cells, `${(median(ms) / forward).toFixed(3)}×`.padStart(9)].join(""));
};
console.log(`Chromium ${version}, one thread, simd128; ${ROUNDS} rounds; load ${loadavg()[0].toFixed(1)}\n`);
console.log(`${"milliseconds".padEnd(46)}  median     min  forward`);
row("forward", times.forward);
row("Grad-CAM at the last layer, on top of it", times.gradCam);
row("Grad-CAM for a second class, on top of it", times.secondClass);
row("Guided Backpropagation, on top of it", times.guidedBackprop);
row("Guided Grad-CAM, on top of it", times.guidedGradCam);

if (existsSync(python)) {
  const eager = execFileSync(python, ["-B", `${root}tests/bench/pytorch.py`, String(ROUNDS)], { encoding: "utf8" });
  row("PyTorch eager forward, native, one thread", JSON.parse(eager));
} else {
  console.log("\n`just golden` installs PyTorch; its forward is then measured here too, as the machine's yardstick");
}
