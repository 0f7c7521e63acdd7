/** Timing of CPU and GPU. */
import type { Engine } from "../candling_wasm.js";
import type { BackendTimes } from "../protocol.js";
import { type Gpu, withGpuTimeout, freeOnGpu } from "./gpu.js";
import { withWasmObject } from "./failure.js";
import type { Input } from "./run.js";

/** Input for timing if there is no run. Not zeros, which the CPU engine skips. */
export function noise(height: number, width: number): Input {
  // linear congruential generator of Numerical Recipes, scaled to the range of normalised pixels
  let state = 1;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1;
  return { data: Float32Array.from({ length: 3 * height * width }, next), height, width };
}

/** Timed passes of each, after a warm-up for pipelines and caches. */
const PASSES = 5;

/** The median time of some forward passes on the same input: the CPU's time depends on the picture. */
export async function measure(
  engine: Engine,
  { engine: onGpu }: Gpu,
  { data, height, width }: Input,
): Promise<BackendTimes> {
  const webgpu = await median(async () =>
    freeOnGpu(await withGpuTimeout(onGpu.forward(data, height, width))),
  );
  const cpu = await median(() =>
    withWasmObject(engine.prepareTensor(data, height, width), (input) => engine.forward(input).free()),
  );
  return { cpu, webgpu };
}

async function median(pass: () => void | Promise<void>): Promise<number> {
  await pass();
  const times: number[] = [];
  for (let i = 0; i < PASSES; i++) {
    const start = performance.now();
    await pass();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[PASSES >> 1] ?? Number.POSITIVE_INFINITY;
}
