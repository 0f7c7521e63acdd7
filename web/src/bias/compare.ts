/** Comparison of both models on one photo, with a divider between them. */
import { showMessage } from "../dom/message.js";
import { byId } from "../dom/page.js";
import { percent } from "../words/numbers.js";
import { sentence } from "../words/sentence.js";
import type { Student } from "./classroom.js";
import type { Finding } from "./ask.js";
import { evidenceIn, examine } from "./examine.js";
import type { Mask } from "./mask.js";
import type { LessonPicture } from "./pictures.js";
import { LessonSheet, type Shot } from "./sheet.js";
import type { Story } from "./story.js";
import { itemAt } from "../platform/known.js";

/** Longest side of the large picture, in pixels of its canvas. */
const LARGE = 640;

export class Compare {
  readonly #story: Story;
  readonly #sheet = new LessonSheet(byId("compare-sheet", HTMLElement), (shot) => void this.#look(shot));
  readonly #divider = byId("compare-divider", HTMLInputElement);
  #latest: Shot | undefined;
  /** Whether the visitor has moved the divider, which then stays in its place. */
  #isMoved = false;

  constructor(story: Story) {
    this.#story = story;
    const { pictures } = story;
    this.#sheet.fill([...pictures.of("test_same"), ...pictures.of("test_swapped")], pictures.classes);
    this.#divider.addEventListener("input", () => {
      this.#isMoved = true;
      this.#cut();
    });
    this.#cut();
  }

  /** All test photos, those like the training photos first, with the answers of the mended model. */
  get sheet(): LessonSheet {
    return this.#sheet;
  }

  /**
   * Shows the last photo, or the most telling one: both models are sure, the biased one is wrong and the
   * mended one is right and looks at the animal where the other did not. `before` are the findings of the
   * biased model, photo by photo.
   */
  async begin(before: readonly Finding[]): Promise<void> {
    this.#sheet.light();
    const { shots, findings } = this.#sheet;
    const tells = findings.map(({ correct, probability, evidence = 0 }, at) => {
      const then = before[at];
      if (!correct || then === undefined || then.correct) return 0;
      return probability * then.probability * (evidence - (then.evidence ?? 0));
    });
    const shot = this.#latest ?? shots[tells.indexOf(Math.max(...tells))];
    if (shot !== undefined) await this.#look(shot);
  }

  /** Repaints the last photo in the current colours. */
  async repaint(): Promise<void> {
    if (this.#latest !== undefined) await this.#look(this.#latest);
  }

  async #look(shot: Shot): Promise<void> {
    const { biased, mended } = this.#story;
    if (biased === undefined || mended === undefined) return;
    this.#latest = shot;
    this.#sheet.choose(shot);
    try {
      const animal = middle(await shot.picture.mask());
      if (!this.#isMoved && this.#latest === shot) {
        this.#divider.value = String(Math.round(100 * animal));
        this.#cut();
      }
      const said = await Promise.all([
        this.#side("a", biased, shot.picture),
        this.#side("b", mended, shot.picture),
      ]);
      if (this.#latest !== shot) return;
      const about = byId("compare-about", HTMLElement);
      about.textContent = `Biased: ${said[0]} Mended: ${said[1]}`;
      about.dataset.name = shot.picture.name;
    } catch (error) {
      // a model that was retrained meanwhile answers no more
      if (biased === this.#story.biased && mended === this.#story.mended) showMessage(sentence(error));
    }
  }

  /** Paints the answer of one model, and returns it in words. */
  async #side(side: "a" | "b", { candling }: Student, picture: LessonPicture): Promise<string> {
    const { classes } = this.#story.pictures;
    const canvas = byId(`compare-${side}`, HTMLCanvasElement);
    const { predicted, probability, map } = await examine(candling, picture.photo, {
      place: { canvas, size: LARGE },
    });
    const on = await evidenceIn(this.#story.trainer, map, await picture.mask());
    const label = itemAt(classes, predicted);
    const animal = itemAt(classes, picture.label);
    const words = `${label}, ${percent(probability)}${on === undefined ? "" : `, with ${percent(on)} of the evidence on the ${animal}`}.`;
    const right = predicted === picture.label;
    byId(`compare-tag-${side}`, HTMLElement).textContent =
      `${side === "a" ? "Biased" : "Mended"}: ${label} ${right ? "✓" : "✗"}`;
    Object.assign(canvas.dataset, { name: picture.name, predicted, evidence: on ?? "" });
    canvas.ariaLabel = `${side === "a" ? "Biased" : "Mended"} model: ${words}`;
    return words;
  }

  #cut(): void {
    byId("compare-divided", HTMLElement).style.setProperty("--cut", `${this.#divider.value}%`);
    this.#divider.ariaValueText = `${this.#divider.value} per cent: the biased model to the left, the mended one to the right`;
  }
}

/**
 * The horizontal centre of a region, from 0 at the left to 1 at the right: with the divider there, both sides
 * show some of it.
 */
function middle({ width, data }: Mask): number {
  const columns = [...data.keys()].filter((at) => data[at] === 1).map((at) => (at % width) + 0.5);
  return columns.length === 0
    ? 0.5
    : columns.reduce((sum, column) => sum + column, 0) / columns.length / width;
}
