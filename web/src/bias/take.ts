/** The two models, to keep and to use elsewhere. */
import { say } from "../dom/message.js";
import { byId } from "../dom/page.js";
import { saveBlob } from "../dom/save.js";
import { handOver, LAB_WITH_OWN } from "../site/handover.js";
import { sentence } from "../words/sentence.js";
import type { Story } from "./story.js";

export class Take {
  readonly #story: Story;

  constructor(story: Story) {
    this.#story = story;
    for (const which of ["biased", "mended"] as const) {
      byId(`save-${which}`, HTMLButtonElement).addEventListener("click", () => {
        const { file } = story[which] ?? {};
        if (file !== undefined) saveBlob(file, `bird-or-mammal-${which}.safetensors`);
      });
      byId(`lab-${which}`, HTMLButtonElement).addEventListener("click", () => void this.#openInLab(which));
    }
  }

  /** Makes what there is available. */
  open(): void {
    for (const which of ["biased", "mended"] as const) {
      const missing = this.#story[which] === undefined;
      byId(`save-${which}`, HTMLButtonElement).disabled = missing;
      byId(`lab-${which}`, HTMLButtonElement).disabled = missing;
    }
  }

  async #openInLab(which: "biased" | "mended"): Promise<void> {
    const { file } = this.#story[which] ?? {};
    if (file === undefined) return;
    try {
      await handOver(file);
      // In a tab of its own: the lesson would be gone.
      if (window.open(LAB_WITH_OWN) === null) location.href = LAB_WITH_OWN;
    } catch (error) {
      say(sentence(error));
    }
  }
}
