/** Where the page computes: what the visitor chose, which this device remembers, and who is told when it changes. */
import type { BackendChoice, BackendState } from "../candling.js";

const KEPT = "candling-lab-backend";
const listeners: ((state: BackendState) => void)[] = [];

/** What was chosen at an earlier visit; `auto` where nothing was, or where nothing may be kept. */
export function chosenBackend(): BackendChoice {
  try {
    const kept = localStorage.getItem(KEPT);
    return kept === "cpu" || kept === "webgpu" ? kept : "auto";
  } catch {
    return "auto";
  }
}

export function keepBackend(choice: BackendChoice): void {
  try {
    localStorage.setItem(KEPT, choice);
  } catch {
    // Storage may be full or forbidden: the choice holds for this visit.
  }
}

export function followBackend(listener: (state: BackendState) => void): void {
  listeners.push(listener);
}

export function tellBackend(state: BackendState): void {
  for (const listener of listeners) listener(state);
}
