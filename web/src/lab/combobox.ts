/**
 * Search field over all classes: type a part of a name, choose with the arrow keys or a click (the combobox
 * pattern of the ARIA Authoring Practices, with a list that only suggests).
 *
 * A `<datalist>` would do most of this, but it holds a thousand elements, looks different in every browser,
 * and cannot show the probability that the network gives each class.
 */
import { percent } from "../words/numbers.js";
import { byId, make } from "../dom/page.js";
import { type ClassName, suggest } from "./search.js";

/** Number of suggestions. */
const SHOWN = 8;

export class Combobox {
  readonly #field: HTMLInputElement;
  readonly #list: HTMLUListElement;
  readonly #onChoose: (index: number) => void;
  readonly #onAsk: (query: string) => void;
  #classes: readonly ClassName[] = [];
  #suggested: readonly ClassName[] = [];
  /** Index of the suggestion that the arrow keys have reached. */
  #active = -1;

  /** `onChoose` gets a class that was picked; `onAsk` what was typed and sent without picking. */
  constructor(
    field: string,
    list: string,
    onChoose: (index: number) => void,
    onAsk: (query: string) => void,
  ) {
    this.#field = byId(field, HTMLInputElement);
    this.#list = byId(list, HTMLUListElement);
    this.#onChoose = onChoose;
    this.#onAsk = onAsk;
    this.#field.addEventListener("input", () => this.#suggest());
    this.#field.addEventListener("focus", () => this.#suggest());
    this.#field.addEventListener("blur", () => this.#close());
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    // before the blur, which would remove the list under the pointer
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", ({ target }) => {
      const item = target instanceof Element ? target.closest("li") : null;
      if (item?.dataset.class !== undefined) this.#choose(Number(item.dataset.class));
    });
  }

  /** The classes, in the order in which they are suggested. */
  set classes(classes: readonly ClassName[]) {
    this.#classes = classes;
    this.#field.disabled = classes.length === 0;
  }

  #suggest(): void {
    const { classes, note } = suggest(this.#field.value, this.#classes);
    this.#suggested = classes.slice(0, SHOWN);
    this.#list.replaceChildren(
      ...this.#suggested.map(({ index, label, probability }, place) => {
        const item = make(
          "li",
          { id: `${this.#list.id}-${place}`, role: "option", ariaSelected: "false" },
          make("bdi", {}, label),
        );
        if (probability !== undefined) item.append(make("span", {}, percent(probability)));
        item.dataset.class = String(index);
        return item;
      }),
    );
    const words = this.#suggested.length === 0 ? "None of its classes has that in its name." : note;
    // last, where it does not shift the options for the arrow keys
    if (words !== "")
      this.#list.append(make("li", { role: "option", ariaDisabled: "true", ariaSelected: "false" }, words));
    this.#open = document.activeElement === this.#field;
    this.#mark(-1);
  }

  #key(event: KeyboardEvent): void {
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp": {
        if (this.#list.hidden) this.#suggest();
        const { length } = this.#suggested;
        const step = event.key === "ArrowDown" ? 1 : -1;
        if (length > 0)
          this.#mark((this.#active + step + (this.#active < 0 && step < 0 ? 1 : 0) + length) % length);
        break;
      }
      case "Enter": {
        const picked = this.#suggested[this.#active];
        const query = this.#field.value.trim();
        if (picked !== undefined) this.#choose(picked.index);
        else if (query !== "") this.#onAsk(query);
        break;
      }
      case "Escape":
        // with nothing left to clear, the key belongs to the surrounding element, such as a dialog
        if (this.#list.hidden && this.#field.value === "") return;
        if (this.#list.hidden) this.#field.value = "";
        this.#close();
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  #choose(index: number): void {
    this.clear();
    this.#onChoose(index);
  }

  /** Clears the field after a query was answered. */
  clear(): void {
    this.#field.value = "";
    this.#close();
  }

  #mark(place: number): void {
    this.#active = place;
    for (const [at, item] of [...this.#list.children].entries()) item.ariaSelected = String(at === place);
    if (place < 0) this.#field.removeAttribute("aria-activedescendant");
    else this.#field.setAttribute("aria-activedescendant", `${this.#list.id}-${place}`);
    this.#list.children[place]?.scrollIntoView({ block: "nearest" });
  }

  #close(): void {
    this.#open = false;
    this.#mark(-1);
  }

  set #open(open: boolean) {
    this.#list.hidden = !open;
    this.#field.ariaExpanded = String(open);
  }
}
