/** Switch between CPU and GPU, and a sentence on which is used, and why. */
import type { BackendChoice, BackendState, Candling } from "../candling.js";
import { milliseconds } from "../words/numbers.js";
import { sentence } from "../words/sentence.js";
import { chosenBackend, followBackend, keepBackend } from "./backend.js";
import { byId, found, radios } from "../dom/page.js";
import { announce } from "../dom/message.js";

const NO_WEBGPU = "The processor. This browser has no WebGPU, which a graphics card would be reached by.";

export class BackendSwitch {
  readonly #text = byId("backend-text", HTMLElement);
  readonly #network: Promise<Candling>;
  #choice = chosenBackend();
  /** Called when the visitor has chosen, with the resulting backend. */
  onSwitch: (state: BackendState) => void = () => {};

  constructor(network: Promise<Candling>) {
    this.#network = network;
    radios("backend", (value) => void this.#use(value as BackendChoice));
    found(document, `#backend [value="${this.#choice}"]`, HTMLInputElement).checked = true;
    if ((navigator as { readonly gpu?: unknown }).gpu === undefined) {
      found(document, '#backend [value="webgpu"]', HTMLInputElement).disabled = true;
      this.#text.textContent = NO_WEBGPU;
      return;
    }
    followBackend((state) => this.#say(state));
    void network.then((candling) => this.#say(candling.backend));
  }

  async #use(choice: BackendChoice): Promise<void> {
    this.#choice = choice;
    keepBackend(choice);
    const candling = await this.#network;
    if (choice !== "cpu" && candling.backend.backend === "cpu")
      this.#text.textContent = "Waking the graphics card…";
    const state = await candling.useBackend(choice);
    // arrow keys pass over choices on their way
    if (this.#choice !== choice) return;
    this.#say(state);
    announce(words(state));
    this.onSwitch(state);
  }

  #say(state: BackendState): void {
    this.#text.textContent = words(state);
    Object.assign(this.#text.dataset, { backend: state.backend, reason: state.reason });
  }
}

/** Describes the backend, and why it is used. */
function words({ backend, reason, adapter, milliseconds: times, message }: BackendState): string {
  const card = adapter === undefined ? "the graphics card" : `the graphics card (${adapter})`;
  const on = backend === "cpu" ? "The processor" : `T${card.slice(1)}`;
  switch (reason) {
    case "undecided":
      return "The processor. The graphics card is tried in a quiet moment, and the faster one kept.";
    case "asked":
      return `${on}, as you chose.`;
    case "measured": {
      if (times === undefined) return `${on}.`;
      const [own, other] = backend === "cpu" ? [times.cpu, times.webgpu] : [times.webgpu, times.cpu];
      return `${on}: ${milliseconds(own)} for a forward pass, against ${milliseconds(other)} on ${backend === "cpu" ? card : "the processor"}.`;
    }
    case "remembered":
      return `${on}: the faster one${backend === "cpu" ? `, against ${card}` : ""}, as measured at an earlier visit.`;
    case "software":
      return `The processor: ${card} is made up by it, and slower.`;
    case "unavailable":
      return "The processor. This browser gives no graphics card.";
    case "failed":
      return `The processor. ${sentence(message ?? "the graphics card failed")}`;
  }
}
