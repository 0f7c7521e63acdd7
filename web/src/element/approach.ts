/**
 * Detection that the reader comes near an element: it is in the window, or within a quarter of the window's
 * height.
 */

const callbacks = new WeakMap<Element, () => void>();

let observer: IntersectionObserver | undefined;

/**
 * Calls back each time the element comes near; returns a function that ends it. All elements share one
 * observer, so that those which come near together are called together.
 */
export function onApproach(element: Element, callback: () => void): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) callbacks.get(target)?.();
    },
    { rootMargin: "25% 0px" },
  );
  callbacks.set(element, callback);
  observer.observe(element);
  return () => {
    observer?.unobserve(element);
    callbacks.delete(element);
  };
}
