/** Tells an element that the reader comes near: it is in the window, or a quarter of the window's height away. */

const callbacks = new WeakMap<Element, () => void>();

let observer: IntersectionObserver | undefined;

/** Calls back each time the element comes near; returns what ends that. One observer for all, so that those which come near together are
 *  told together. */
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
