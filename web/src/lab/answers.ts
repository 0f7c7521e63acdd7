/** Predictions: the five best classes, the requested one, and the search over all. */
import type { Candling, Prediction } from "../candling.js";
import { percent } from "../words/numbers.js";
import { sentence } from "../words/sentence.js";
import { Combobox } from "./combobox.js";
import { byId, make, replaceItems } from "../dom/page.js";
import { showMessage } from "../dom/message.js";
import { isOwn } from "./weights.js";
import { classesOf, isUnsure, question } from "./words.js";

export const SHOWN = 5;

const list = byId("predictions", HTMLOListElement);
const how = byId("asked-how", HTMLElement);
const asked = byId("asked", HTMLElement);
const sure = byId("sure", HTMLElement);

export class Answers {
  readonly #onChoose: (index: number) => void;
  readonly #search: Combobox;
  #candling: Candling | undefined;
  #predictions: readonly Prediction[] = [];

  constructor(onChoose: (index: number) => void) {
    this.#onChoose = onChoose;
    this.#search = new Combobox("class", "classes", onChoose, (query) => void this.#ask(query));
    // the precomputed ones are in the page and can be chosen at once
    list.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest<HTMLElement>("[data-class]") : null;
      if (button !== null) this.#onChoose(Number(button.dataset.class));
    });
    light([...list.querySelectorAll<HTMLElement>("[data-class]")]);
  }

  /** Opens the search, over the labels of a network. */
  takeQuestions(candling: Candling): void {
    this.#candling = candling;
    if (this.#predictions.length === 0)
      this.#search.classes = candling.labels.map((label, index) => ({ label, index }));
  }

  /** Shows the predictions for a photo, with `target` among them. */
  show(predictions: readonly Prediction[], target: number): void {
    if (this.#predictions !== predictions) this.#search.clear();
    this.#predictions = predictions;
    this.#search.classes = predictions;
    const best = predictions.slice(0, SHOWN);
    const added = best.some(({ index }) => index === target)
      ? undefined
      : predictions.find(({ index }) => index === target);
    const items = best.map((prediction) => item(prediction, target));
    if (added !== undefined) {
      const last = item(added, target);
      last.className = "asked";
      items.push(last);
    }
    replaceItems(list, items);
    light([...list.querySelectorAll<HTMLElement>("[data-class]")]);
    asked.textContent = predictions.find(({ index }) => index === target)?.label ?? "";
    how.textContent = question(added === undefined);
    if (isOwn) sure.textContent = classesOf(predictions);
    sure.hidden = !isUnsure(predictions);
  }

  /** Marks another class as the chosen one. */
  choose(target: number): void {
    if (this.#predictions.length > 0) return this.show(this.#predictions, target);
    for (const button of list.querySelectorAll<HTMLElement>("[data-class]")) {
      const chosen = button.dataset.class === String(target);
      button.ariaPressed = String(chosen);
      if (chosen) asked.textContent = button.firstElementChild?.textContent ?? "";
    }
  }

  /** Disables the classes of the old photo while a new one is processed. */
  set waiting(waiting: boolean) {
    list.inert = waiting;
  }

  async #ask(query: string): Promise<void> {
    if (this.#candling === undefined) return;
    try {
      this.#onChoose(await this.#candling.findClass(query));
      this.#search.clear();
    } catch (error) {
      showMessage(sentence(error));
    }
  }
}

function item({ index, label, logit, probability }: Prediction, target: number): HTMLLIElement {
  const button = make(
    "button",
    {
      type: "button",
      ariaPressed: String(index === target),
      title: `class ${index}, logit ${logit.toFixed(3)}`,
    },
    make("bdi", {}, label),
    make("span", { className: "share" }, percent(probability)),
  );
  button.dataset.class = String(index);
  button.dataset.probability = String(probability);
  return make("li", {}, button);
}

/**
 * Sets the bars, the longest as long as its button: of a thousand classes even the best may have only a
 * tenth.
 */
function light(buttons: readonly HTMLElement[]): void {
  const probability = ({ dataset }: HTMLElement) => Number(dataset.probability);
  const most = Math.max(...buttons.map(probability));
  for (const button of buttons) button.style.setProperty("--share", String(probability(button) / most));
}
