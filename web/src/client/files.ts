/**
 * Where the files beside this module lie.
 *
 * Each is written out as `new URL("name", import.meta.url)`, the form by which bundlers know a file that is to be copied as it is, and
 * put its new address here. Nobody else builds these addresses, so that they may be renamed and moved apart.
 */
import type { CardFiles, EngineFiles, ModuleFiles } from "../protocol.js";
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

/** The engine for graphics cards, which is fetched only where it is used. */
export const cardFiles: CardFiles = {
  module: new URL("./webgpu/candling_webgpu.js", import.meta.url).href,
  wasm: new URL("./webgpu/candling_webgpu_bg.wasm", import.meta.url).href,
};

/** The decoder of picture files, which is fetched only where the browser's own cannot be used. */
export const decoderFiles: ModuleFiles = {
  module: new URL("./decode/candling_decode.js", import.meta.url).href,
  wasm: new URL("./decode/candling_decode_bg.wasm", import.meta.url).href,
};

/** The model that comes with the package. */
export const modelFiles: ModelFiles = {
  full: new URL("./models/efficientnet-lite0.safetensors", import.meta.url),
  small: new URL("./models/efficientnet-lite0-small.safetensors", import.meta.url),
};
