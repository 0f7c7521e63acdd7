/** What the element is derived from. A server that renders pages has no elements: the module can be imported there, and does nothing. */
export const BaseElement = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;
