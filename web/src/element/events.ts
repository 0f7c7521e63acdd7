/** The element's events. None of them bubbles: each is about its own element. */
import type { BackendState, Explanation, Prediction, Progress } from "../candling.js";

/**
 * - `idle`: nothing is asked yet, or it was aborted
 * - `waiting`: for the photo, or for its turn
 * - `loading`: the network is on its way
 * - `running`: it computes
 * - `ready`: the map is there
 * - `error`: see the event of that name
 */
export type CandlingViewState = "idle" | "waiting" | "loading" | "running" | "ready" | "error";

export interface CandlingViewEventMap {
  /** The state is another one. */
  statechange: CustomEvent<{ readonly state: CandlingViewState; readonly previous: CandlingViewState }>;
  /** Bytes of the model so far, which all elements that wait for it are told. */
  progress: CustomEvent<Progress>;
  /** Another backend computes from now on, or it was decided that none will; all elements that share it are told. */
  backendchange: CustomEvent<BackendState>;
  /** What the network says of the photo: all classes, best first; and what the photo was read in spite of, mostly nothing. Once for each photo. */
  predict: CustomEvent<{ readonly predictions: readonly Prediction[]; readonly notes: readonly string[] }>;
  /** A map is shown. `compared` is that of the class in `compare`. */
  explain: CustomEvent<{ readonly explanation: Explanation; readonly compared?: Explanation }>;
  /** It could not be: `code` for programs (stable, kebab-case), `message` for people. */
  error: CustomEvent<{ readonly code: string; readonly message: string }>;
}

/** All events that an element may send, the browser's own included. */
export type CandlingViewEvents = Omit<HTMLElementEventMap, keyof CandlingViewEventMap> & CandlingViewEventMap;
