/** Marks in the head which experiment is on the screen. */
import { found } from "../dom/page.js";

export function followScroll(): void {
  const links = new Map(
    [...document.querySelectorAll<HTMLAnchorElement>('nav a[href^="#"]')].map(
      (link) => [link.hash.slice(1), link] as const,
    ),
  );
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        for (const [id, link] of links) {
          if (id === target.id) link.setAttribute("aria-current", "true");
          else link.removeAttribute("aria-current");
        }
      }
    },
    // a line a third down the window
    { rootMargin: "-33% 0px -66% 0px" },
  );
  for (const id of links.keys()) observer.observe(found(document, `#${id}`, HTMLElement));
}
