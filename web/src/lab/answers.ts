/** What the network says: the five best classes, one that was asked for, and the search over all of them. */
import type { Candling, Prediction } from "../candling.js";
import { byId, fillOptions, found } from "./dom.js";
import { say } from "./message.js";
import { percent, sentence } from "./words.js";

const SHOWN = 5;

const list = byId("predictions", HTMLOListElement);
const form = byId("search", HTMLFormElement);
const field = byId("class", HTMLInputElement);

export class Answers {
  readonly #onChoose: (index: number) => void;
  #predictions: readonly Prediction[] = [];

  constructor(onChoose: (index: number) => void) {
    this.#onChoose = onChoose;
  }

  /** Opens the search, over the labels of a network. */
  takeQuestions(candling: Candling): void {
    fillOptions(
      byId("classes", HTMLDataListElement),
      candling.labels.map((label) => [label, ""] as const),
    );
    field.disabled = false;
    found(form, "button", HTMLButtonElement).disabled = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#ask(candling);
    });
    // Picking a label from the list is the question already; typing one is not, it may be the beginning of a longer one.
    field.addEventListener("input", (event) => {
      const typed = event instanceof InputEvent && event.inputType !== "insertReplacementText";
      if (!typed && candling.labels.includes(field.value)) void this.#ask(candling);
    });
  }

  /** Shows the answers to a photo, with `target` among them. */
  show(predictions: readonly Prediction[], target: number): void {
    this.#predictions = predictions;
    const best = predictions.slice(0, SHOWN);
    const asked = best.some(({ index }) => index === target) ? undefined : predictions.find(({ index }) => index === target);
    const items = best.map((prediction) => this.#item(prediction, target));
    if (asked !== undefined) {
      const item = this.#item(asked, target);
      item.className = "asked";
      items.push(item);
    }
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.class : undefined;
    list.replaceChildren(...items);
    // The button that was pressed is a new one now: the keyboard stays where it was.
    if (focused !== undefined) list.querySelector<HTMLElement>(`[data-class="${focused}"]`)?.focus();
  }

  /** Marks another class as the chosen one. */
  choose(target: number): void {
    this.show(this.#predictions, target);
  }

  /** While a new photo is on its way, the old one's classes cannot be asked for. */
  set waiting(waiting: boolean) {
    list.inert = waiting;
  }

  #item({ index, label, logit, probability }: Prediction, target: number): HTMLLIElement {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.class = String(index);
    button.dataset.probability = String(probability);
    button.setAttribute("aria-pressed", String(index === target));
    button.title = `class ${index}, logit ${logit.toFixed(3)}`;
    button.style.setProperty("--share", String(probability));
    const share = document.createElement("span");
    share.className = "share";
    share.textContent = percent(probability);
    const name = document.createElement("span");
    name.textContent = label;
    button.append(name, share);
    button.addEventListener("click", () => this.#onChoose(index));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  async #ask(candling: Candling): Promise<void> {
    const query = field.value.trim();
    if (query === "") return;
    try {
      this.#onChoose(await candling.findClass(query));
      field.value = "";
    } catch (error) {
      say(sentence(error));
    }
  }
}
