/**
 * The addresses of the files beside this module.
 *
 * Each is written as `new URL("name", import.meta.url)`, the form by which bundlers recognise a file that
 * must be copied unchanged, and insert its new address. Only this file builds these addresses, so the files
 * may be renamed and moved apart.
 */
import type { GpuFiles, EngineFiles, ModuleFiles } from "../protocol.js";
import type { ModelFiles } from "./weights.js";

export const workerFile = new URL("./candling-worker.js", import.meta.url);

export const engineFiles: EngineFiles = {
  simd128: {
    module: new URL("./simd128/candling_wasm.js", import.meta.url).href,
    wasm: new URL("./simd128/candling_wasm_bg.wasm", import.meta.url).href,
  },
  "relaxed-simd": {
    module: new URL("./relaxed-simd/candling_wasm.js", import.meta.url).href,
    wasm: new URL("./relaxed-simd/candling_wasm_bg.wasm", import.meta.url).href,
  },
  threads: {
    module: new URL("./threads/candling_wasm.js", import.meta.url).href,
    wasm: new URL("./threads/candling_wasm_bg.wasm", import.meta.url).href,
  },
};

/** The WebGPU engine, fetched only when it is used. */
export const gpuFiles: GpuFiles = {
  module: new URL("./webgpu/candling_webgpu.js", import.meta.url).href,
  wasm: new URL("./webgpu/candling_webgpu_bg.wasm", import.meta.url).href,
};

/** The decoder of picture files, fetched only if the browser's own cannot be used. */
export const decoderFiles: ModuleFiles = {
  module: new URL("./decode/candling_decode.js", import.meta.url).href,
  wasm: new URL("./decode/candling_decode_bg.wasm", import.meta.url).href,
};

/** The model that comes with the package. */
export const modelFiles: ModelFiles = {
  full: new URL("./models/efficientnet-lite0.safetensors", import.meta.url),
  small: new URL("./models/efficientnet-lite0-small.safetensors", import.meta.url),
};
