/** Step 4: replacing photos by others that show the same animal on the other background. */
import { byId } from "../dom/page.js";
import type { LessonPicture } from "./pictures.js";
import { LessonSheet, type Shot } from "./sheet.js";
import type { Story } from "./story.js";

export class Mend {
  readonly section = byId("mend", HTMLElement);
  readonly #story: Story;
  readonly #sheet = new LessonSheet(byId("mend-sheet", HTMLElement), (shot) => this.#toggle(shot));
  readonly #slider = byId("mend-count", HTMLInputElement);
  readonly #button = byId("mend-go", HTMLButtonElement);
  readonly #before: readonly LessonPicture[];
  /** Indices of the photos that have a counterpart, alternating between the classes. */
  readonly #places: readonly number[];
  /** Called when the training set changed. */
  onChange: () => void = () => {};

  constructor(story: Story) {
    this.#story = story;
    this.#before = story.pictures.of("train_biased");
    this.#sheet.fill(this.#before, story.pictures.classes);
    this.#places = alternating(this.#before);
    this.#slider.max = String(this.#places.length);
    this.#slider.addEventListener("input", () => this.#swapFirst(Number(this.#slider.value)));
    this.#button.addEventListener("click", () => {
      const all = this.#swapped() < this.#places.length;
      this.#swapFirst(all ? this.#places.length : 0);
    });
  }

  open(): void {
    this.section.dataset.state = this.#swapped() > 0 ? "done" : "open";
    this.#slider.disabled = false;
    this.#button.disabled = false;
    this.#tell();
  }

  /** Whether the training set contains new photos. */
  get isDone(): boolean {
    return this.section.dataset.state === "done";
  }

  /** Closes the step until the previous ones are done. */
  close(): void {
    this.section.dataset.state = "closed";
    this.#slider.disabled = true;
    this.#button.disabled = true;
  }

  #swapFirst(count: number): void {
    for (const [rank, place] of this.#places.entries()) this.#put(place, rank < count);
    this.#changed();
  }

  #toggle(shot: Shot): void {
    if (this.#slider.disabled) return;
    const place = this.#sheet.shots.indexOf(shot);
    if (!this.#places.includes(place)) return;
    this.#put(place, shot.picture === this.#before[place]);
    this.#changed();
  }

  #put(place: number, swapped: boolean): void {
    const [shot, before] = [this.#sheet.shots[place], this.#before[place]];
    const picture = swapped ? before?.counterpart() : before;
    if (shot === undefined || picture === undefined) return;
    if (shot.picture !== picture) shot.show(picture);
    shot.element.classList.toggle("swapped", swapped);
    shot.element.ariaPressed = String(swapped);
  }

  #swapped(): number {
    return this.#sheet.shots.filter(({ picture }, at) => picture !== this.#before[at]).length;
  }

  #changed(): void {
    this.#story.lesson = this.#sheet.shots.map(({ picture }) => picture);
    const count = this.#swapped();
    this.section.dataset.state = count > 0 ? "done" : "open";
    this.#slider.value = String(count);
    this.#tell();
    this.onChange();
  }

  #tell(): void {
    const count = this.#swapped();
    const all = count === this.#places.length;
    this.#button.textContent = all ? "Take them back" : `Swap in ${this.#places.length} counter-examples`;
    byId("mend-text", HTMLOutputElement).textContent = String(count);
    this.#slider.ariaValueText = `${count} of 40 photos swapped`;
  }
}

/** Indices of the photos that can be swapped, alternating between the classes. */
function alternating(pictures: readonly LessonPicture[]): readonly number[] {
  const places = [...pictures.keys()].filter((at) => pictures[at]?.counterpart() !== undefined);
  const of = (label: number) => places.filter((at) => pictures[at]?.label === label);
  const [first, second] = [of(0), of(1)];
  return first.flatMap((at, rank) => [at, ...second.slice(rank, rank + 1)]);
}
