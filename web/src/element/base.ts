/**
 * Base class of the element. A server that renders pages has no HTMLElement: there the module can be
 * imported, but does nothing.
 */
export const BaseElement = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;
