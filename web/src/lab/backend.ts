/** Backend of the page: the visitor's choice, which this device remembers, and listeners for changes. */
import type { BackendChoice, BackendState } from "../candling.js";

const KEPT = "candling-lab-backend";
const listeners: ((state: BackendState) => void)[] = [];

/** The choice at an earlier visit; `auto` if there is none, or storage is forbidden. */
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
    // storage may be full or forbidden: the choice holds for this visit
  }
}

export function followBackend(listener: (state: BackendState) => void): void {
  listeners.push(listener);
}

export function tellBackend(state: BackendState): void {
  for (const listener of listeners) listener(state);
}
