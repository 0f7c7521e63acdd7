/** Occlusion maps: what is asked is checked in the worker that has the run, and answered in parts by those of a pool. */
import type { Engine, Occluder, Run } from "../candling_wasm.js";
import type { Answer, Occlusion, OcclusionJob, ResolvedTarget } from "../protocol.js";
import type { Wasm } from "./engine.js";
import { using } from "./failure.js";

/** What a pool needs to map a run. Patches that do not fit its input are refused here, before a pool is started. */
export function planOf(wasm: Wasm, run: Run, target: ResolvedTarget, how: Occlusion): Answer<"occlusion"> {
  const [height = 0, width = 0] = run.inputSize();
  return using(patchOf(wasm, how), (patch) => {
    const [rows = 0, columns = 0] = patch.grid(height, width);
    const [left = 0, top = 0, across = 0, down = 0] = patch.area(height, width);
    const job = { data: run.input(), height, width, target, how };
    return { job, rows, columns, area: [left, top, across, down] };
  });
}

/** Runs the picture as it is, and is ready for any positions. */
export function beginOcclusion(
  wasm: Wasm,
  engine: Engine,
  { data, height, width, target, how }: OcclusionJob,
): Occluder {
  return using(engine.prepareTensor(data, height, width), (input) =>
    using(patchOf(wasm, how), (patch) => engine.occlude(input, target.class, target.over, patch)),
  );
}

function patchOf(wasm: Wasm, { patch, stride, baseline }: Occlusion) {
  return new wasm.Occlusion(patch, stride, baseline);
}
