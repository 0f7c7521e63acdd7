/** A page's elements, by their names in its HTML. A missing one is a defect of ours and stops the page at once. */

export { make } from "./make.js";
export { pencil } from "./pencil.js";

type Constructor<T> = abstract new (...args: never[]) => T;

export function byId<T extends Element>(id: string, type: Constructor<T>): T {
  return found(document, `#${id}`, type);
}

export function found<T extends Element>(parent: ParentNode, selector: string, type: Constructor<T>): T {
  const element = parent.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`the page has no ${type.name} at ${selector}`);
  return element;
}

/** Puts an option per entry into a select. */
export function fillOptions(
  parent: HTMLElement,
  entries: Iterable<readonly [value: string, text: string]>,
): void {
  parent.replaceChildren(...Array.from(entries, ([value, text]) => new Option(text, value)));
}

/** Puts new items in the place of a list's old ones. The keyboard stays where it was: on the item of the same class (`data-class`). */
export function replaceItems(list: HTMLElement, items: readonly Node[]): void {
  const { activeElement } = document;
  const focused =
    activeElement instanceof HTMLElement && list.contains(activeElement)
      ? activeElement.dataset.class
      : undefined;
  list.replaceChildren(...items);
  if (focused !== undefined) list.querySelector<HTMLElement>(`[data-class="${focused}"]`)?.focus();
}

/** Calls `onChoose` with the value of the radio button that is chosen; returns what tells the present one. */
export function radios(id: string, onChoose: (value: string) => void): () => string {
  const set = byId(id, HTMLFieldSetElement);
  set.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement) onChoose(target.value);
  });
  return () => found(set, "input:checked", HTMLInputElement).value;
}

/** Chooses a radio button by its value; one that is not there, or none at all, changes nothing. */
export function check(id: string, value: string | undefined): void {
  for (const radio of byId(id, HTMLFieldSetElement).querySelectorAll("input"))
    if (radio.value === value) radio.checked = true;
}
