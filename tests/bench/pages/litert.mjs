/**
 * LiteRT.js (TensorFlow Lite's kernels, XNNPACK). It has no gradients. `?variant=plain` is its build without
 * relaxed SIMD.
 */
import { Tensor, loadAndCompile, loadLiteRt } from "@litertjs/core";
import { SIZE, input, interleaved, publish, query, threads, timed } from "./operations.mjs";

const folder = "/packages/@litertjs/core/wasm/";
// given a folder, it chooses the build with relaxed SIMD where the browser has that
const build = query.get("variant") === "plain" ? `${folder}litert_wasm_compat_internal.js` : folder;
await loadLiteRt(build, threads > 1 ? { threads: true } : {});
const model = await loadAndCompile("/model/lite0.tflite", {
  accelerator: "wasm",
  cpuOptions: { numThreads: threads },
});
const photo = interleaved(await input());

publish(
  timed({
    async forward() {
      const image = new Tensor(photo, [1, SIZE, SIZE, 3]);
      const [logits] = await model.run(image);
      const values = logits.toTypedArray().slice();
      image.delete();
      logits.delete();
      return values;
    },
  }),
);
