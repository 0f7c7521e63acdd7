/** The two models, to keep and to use elsewhere. */
import { say } from "../dom/message.js";
import { byId } from "../dom/page.js";
import { saveBlob } from "../dom/save.js";
import { handOver, labWithOwn } from "../site/handover.js";
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
    const student = this.#story[which];
    if (student === undefined) return;
    // In a tab of its own: the lesson would be gone. It is opened within the click, as browsers take one that comes later for an advertisement.
    const tab = window.open();
    try {
      await handOver(student.file);
      (tab ?? window).location.href = new URL(
        labWithOwn(student.candling.info.evidenceLayer),
        document.baseURI,
      ).href;
    } catch (error) {
      tab?.close();
      say(sentence(error));
    }
  }
}
