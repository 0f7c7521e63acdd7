/** What stands further down the page. A part of the bundle of its own, which is fetched and run when what stands above is at work. */
export type { Experiment } from "./experiment.js";
export { Layers } from "./layers.js";
export { Machine } from "./machine.js";
export { followScroll } from "./navigation.js";
export { Proof } from "./proof.js";
export { Sanity } from "./sanity.js";
export { TakeAway } from "./take-away.js";
export { Versus } from "./versus.js";
