/**
 * Experiments further down the page: a chunk of the bundle that is loaded after the first view has started.
 */
export type { Experiment } from "./experiment.js";
export { Layers } from "./layers.js";
export { Machine } from "./machine.js";
export { followScroll } from "./navigation.js";
export { Proof } from "./proof.js";
export { Sanity } from "./sanity.js";
export { TakeAway } from "./take-away.js";
export { Versus } from "./versus.js";
