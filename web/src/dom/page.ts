/**
 * Access to a page's elements by id or selector. A missing one is a defect of ours and stops the page at
 * once.
 */

export { make } from "./make.js";
export { context2d } from "./context-2d.js";

type Constructor<T> = abstract new (...args: never[]) => T;

export function byId<T extends Element>(id: string, type: Constructor<T>): T {
  return found(document, `#${id}`, type);
}

export function found<T extends Element>(parent: ParentNode, selector: string, type: Constructor<T>): T {
  const element = parent.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`the page has no ${type.name} at ${selector}`);
  return element;
}

/** Fills a select with one option per entry. */
export function fillOptions(
  parent: HTMLElement,
  entries: Iterable<readonly [value: string, text: string]>,
): void {
  parent.replaceChildren(...Array.from(entries, ([value, text]) => new Option(text, value)));
}

/** Replaces the items of a list. The focus stays on the item of the same class (`data-class`). */
export function replaceItems(list: HTMLElement, items: readonly Node[]): void {
  const { activeElement } = document;
  const focused =
    activeElement instanceof HTMLElement && list.contains(activeElement)
      ? activeElement.dataset.class
      : undefined;
  list.replaceChildren(...items);
  if (focused !== undefined) list.querySelector<HTMLElement>(`[data-class="${focused}"]`)?.focus();
}

/**
 * Calls `onChoose` with the value of the chosen radio button; returns a function that returns the current
 * one.
 */
export function radios(id: string, onChoose: (value: string) => void): () => string {
  const set = byId(id, HTMLFieldSetElement);
  set.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement) onChoose(target.value);
  });
  return () => found(set, "input:checked", HTMLInputElement).value;
}

/** Chooses a radio button by its value; an unknown or missing value changes nothing. */
export function check(id: string, value: string | undefined): void {
  for (const radio of byId(id, HTMLFieldSetElement).querySelectorAll("input"))
    if (radio.value === value) radio.checked = true;
}
