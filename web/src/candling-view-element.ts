/**
 * The element's class, without defining it: for pages that define it later or under another name.
 *
 * `candling-view.js` is the module that defines it as `candling-view` when it is imported.
 */
import { CandlingViewElement } from "./element/element.js";

export type { Backend, Loading, Reveal } from "./element/attributes.js";
export { CandlingViewElement } from "./element/element.js";
export type { ToBlobOptions } from "./element/element.js";
export type { CandlingViewEventMap, CandlingViewState } from "./element/events.js";
export type { CandlingViewFailure } from "./element/failure.js";

/**
 * Defines the element. A name that is taken is left alone: of two versions on one page the first serves both.
 * A class can have one name only, so each further name gets a derived class.
 */
export function define(name = "candling-view"): void {
  // a server that renders the page has no custom elements
  if (globalThis.customElements === undefined || customElements.get(name) !== undefined) return;
  const taken = customElements.getName(CandlingViewElement) !== null;
  customElements.define(name, taken ? class extends CandlingViewElement {} : CandlingViewElement);
}

declare global {
  interface HTMLElementTagNameMap {
    "candling-view": CandlingViewElement;
  }
}
