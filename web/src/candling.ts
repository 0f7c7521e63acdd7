/**
 * Candling in a page: `import { Candling, paint } from "./lib/candling.js"`.
 *
 * The module needs `candling-worker.js` and the folders `simd128`, `relaxed-simd`, `threads` and `webgpu` of
 * the engine beside it. It loads one of the first three, `webgpu` only to use the GPU, and requests nothing
 * else but the model at the given address.
 */
export type { BackendChoice, BackendState } from "./client/backend.js";
export { Candling } from "./client/client.js";
export type { LoadOptions, RunOptions } from "./client/client.js";
export type { CurvesOptions } from "./client/curves.js";
export { CandlingError } from "./client/error.js";
export { Explanation } from "./client/explanation.js";
export type { RenderOptions } from "./client/explanation.js";
export type { IdentitiesOptions } from "./client/identities.js";
export type { Frame, FrameSource } from "./client/frames.js";
export type { LiveFrame, LiveOptions, LiveStats } from "./client/live.js";
export { paint } from "./client/paint.js";
export type { OcclusionOptions } from "./client/occlusion.js";
export type { PaintOptions } from "./client/paint.js";
export type { PassesOptions } from "./client/passes.js";
export type { PerturbOptions } from "./client/perturb.js";
export type { PhotoSource } from "./client/photo.js";
export type { Randomized, RandomizedOptions } from "./client/randomized.js";
export { Run } from "./client/run.js";
export type { ExplainOptions } from "./client/run.js";
export { version } from "./client/version.js";
export { weightsFor, weightsHere } from "./client/weights.js";
export type { Connection, ModelFiles, Weights } from "./client/weights.js";
export type {
  Backend,
  BackendTimes,
  BlockInfo,
  Build,
  ClassQuery,
  Compared,
  Curve,
  Curves,
  EngineBuild,
  EngineInfo,
  ExplainTimings,
  FailedBuild,
  Fill,
  Fit,
  FrameAnswer,
  FrameTimings,
  Identity,
  LayerInfo,
  Method,
  MethodInfo,
  MethodOptions,
  PassesProgress,
  Perturbed,
  Prediction,
  Progress,
  ResolvedTarget,
  RunTimings,
  Stats,
  Target,
  View,
} from "./protocol.js";
