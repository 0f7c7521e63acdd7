/**
 * What stands in the page before the network is there: a sample that was explained beforehand, for each of its five best classes.
 *
 * It is of the same engine and weights (`just pictures` makes it, a test compares), so nothing changes when the live answer comes.
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

/** The picture of another class, as long as no live one has taken its place. */
export function showFirst(target: number): void {
  if (!poster.isConnected || !explained.has(target)) return;
  poster.src = `samples/first/${target}.jpg`;
  poster.alt = "Grad-CAM of the class, computed beforehand: lit where the evidence is";
}

/** The sample that was explained. */
export const explainedSample = poster.dataset.sample;

/** Another sample was asked for: nothing is said of ours. */
export function forgetFirst(): void {
  for (const each of document.querySelectorAll<HTMLElement>(".poster")) if (each !== poster) each.remove();
  poster.hidden = true;
  byId("predictions", HTMLElement).replaceChildren();
  byId("asked", HTMLElement).textContent = "…";
  byId("where", HTMLElement).textContent = "The network answers as soon as it is loaded.";
}

/** The sample itself, unexplained, until the network is there. */
export function showPlain(sample: Sample): void {
  shape(sample);
  poster.hidden = false;
  poster.src = `samples/${encodeURIComponent(sample.file)}`;
  poster.alt = "The photo";
}
