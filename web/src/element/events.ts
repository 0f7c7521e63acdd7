/** Events of the element. None of them bubbles: each concerns its own element only. */
import type { BackendState, Explanation, Prediction, Progress } from "../candling.js";

/**
 * - `idle`: nothing is requested yet, or it was aborted
 * - `waiting`: for the photo, or for its turn
 * - `loading`: the network is being downloaded
 * - `running`: the map is being computed
 * - `ready`: the map is there
 * - `error`: see the event of that name
 */
export type CandlingViewState = "idle" | "waiting" | "loading" | "running" | "ready" | "error";

export interface CandlingViewEventMap {
  /** The state has changed. */
  statechange: CustomEvent<{ readonly state: CandlingViewState; readonly previous: CandlingViewState }>;
  /** Bytes of the model so far; sent to all elements that wait for it. */
  progress: CustomEvent<Progress>;
  /** The backend has changed, or it was decided that it will not; sent to all elements that share it. */
  backendchange: CustomEvent<BackendState>;
  /**
   * The network's predictions for the photo: all classes, best first; and defects in spite of which the photo
   * was read, usually none. Once for each photo.
   */
  predict: CustomEvent<{ readonly predictions: readonly Prediction[]; readonly notes: readonly string[] }>;
  /** A map is shown. `compared` is that of the class in `compare`. */
  explain: CustomEvent<{ readonly explanation: Explanation; readonly compared?: Explanation }>;
  /** There is no map: `code` for programs (stable, kebab-case), `message` for people. */
  error: CustomEvent<{ readonly code: string; readonly message: string }>;
}

/** All events that an element may send, including the browser's own. */
export type CandlingViewEvents = Omit<HTMLElementEventMap, keyof CandlingViewEventMap> & CandlingViewEventMap;
