/**
 * The element's class, and nothing done: for pages that define it themselves, under another name or later.
 *
 * `candling-view.js` is the module that defines it as `candling-view` when it is imported.
 */
import { CandlingViewElement } from "./element/element.js";

export type { Backend, Loading, Reveal } from "./element/attributes.js";
export { CandlingViewElement } from "./element/element.js";
export type { ToBlobOptions } from "./element/element.js";
export type { CandlingViewEventMap, CandlingViewState } from "./element/events.js";
export type { CandlingViewFailure } from "./element/failure.js";

/** Makes the element known to the page. A name that is taken stays as it is: of two versions on one page the first serves both. A class has
 *  one name, so further ones are given to classes derived from it. */
export function define(name = "candling-view"): void {
  // A server that renders the page has no elements.
  if (globalThis.customElements === undefined || customElements.get(name) !== undefined) return;
  const taken = customElements.getName(CandlingViewElement) !== null;
  customElements.define(name, taken ? class extends CandlingViewElement {} : CandlingViewElement);
}

declare global {
  interface HTMLElementTagNameMap {
    "candling-view": CandlingViewElement;
  }
}
