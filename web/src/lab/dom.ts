/** The page's elements, by their names in `index.html`. A missing one is a defect of ours and stops the page at once. */

type Constructor<T> = abstract new (...args: never[]) => T;

export function byId<T extends Element>(id: string, type: Constructor<T>): T {
  return found(document, `#${id}`, type);
}

export function found<T extends Element>(parent: ParentNode, selector: string, type: Constructor<T>): T {
  const element = parent.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`the page has no ${type.name} at ${selector}`);
  return element;
}

/** Puts an option per entry into a select or datalist. */
export function fillOptions(parent: HTMLElement, entries: Iterable<readonly [value: string, text: string]>): void {
  parent.replaceChildren(...Array.from(entries, ([value, text]) => new Option(text, value)));
}
