/**
 * Precomputed content of the page before the network is loaded: a sample that was explained for each of its
 * five best classes.
 *
 * It is made with the same engine and weights (by `just pictures`, and a test compares), so nothing changes
 * when the live answer comes.
 */
import { byId } from "../dom/page.js";
import type { Sample } from "./sources.js";
import { shape } from "./tiles.js";

const poster = byId("poster", HTMLImageElement);

/** The classes that were explained. */
const explained = new Set(
  [...byId("predictions", HTMLElement).querySelectorAll<HTMLElement>("[data-class]")].map(({ dataset }) =>
    Number(dataset.class),
  ),
);

/** Shows the precomputed picture of another class, until a live one has replaced it. */
export function showFirst(target: number): void {
  if (!poster.isConnected || !explained.has(target)) return;
  poster.src = `samples/first/${target}.jpg`;
  poster.alt = "Grad-CAM of the class, computed beforehand: lit where the evidence is";
}

/** The sample that was explained. */
export const explainedSample = poster.dataset.sample;

/** Removes the precomputed texts, as another sample was requested. */
export function forgetFirst(): void {
  for (const each of document.querySelectorAll<HTMLElement>(".poster")) if (each !== poster) each.remove();
  poster.hidden = true;
  byId("predictions", HTMLElement).replaceChildren();
  byId("asked", HTMLElement).textContent = "…";
  byId("where", HTMLElement).textContent = "The network answers as soon as it is loaded.";
}

/** Shows the sample itself, unexplained, until the network is loaded. */
export function showPlain(sample: Sample): void {
  shape(sample);
  poster.hidden = false;
  poster.src = `samples/${encodeURIComponent(sample.file)}`;
  poster.alt = "The photo";
}
