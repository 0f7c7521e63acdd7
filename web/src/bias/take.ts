/** Download of the two models, and their use in the lab. */
import { showMessage } from "../dom/message.js";
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

  /** Enables the downloads of existing models. */
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
    // a new tab, since the lesson would be lost; opened within the click, as browsers block one that comes
    // later as a pop-up
    const tab = window.open();
    try {
      await handOver(student.file);
      (tab ?? window).location.href = new URL(
        labWithOwn(student.candling.info.evidenceLayer),
        document.baseURI,
      ).href;
    } catch (error) {
      tab?.close();
      showMessage(sentence(error));
    }
  }
}
