/**
 * Candling in a page: `import { Candling, paint } from "./lib/candling.js"`.
 *
 * The module needs `candling-worker.js`, `candling_wasm.js` and `candling_wasm_bg.wasm` beside it and asks for nothing else,
 * but the model whose address it is given.
 */
export { Candling, Explanation, Run } from "./client/client.js";
export type { ExplainOptions, LoadOptions, RenderOptions, RunOptions } from "./client/client.js";
export { CandlingError } from "./client/error.js";
export { paint } from "./client/paint.js";
export type { PaintOptions } from "./client/paint.js";
export type { PhotoSource } from "./client/photo.js";
export type {
  ClassQuery,
  EngineInfo,
  ExplainTimings,
  Fit,
  LayerInfo,
  Method,
  Prediction,
  Progress,
  ResolvedTarget,
  RunTimings,
  Stats,
  Target,
  View,
} from "./protocol.js";
