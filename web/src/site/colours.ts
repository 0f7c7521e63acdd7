/** The colours of heatmaps: the visitor chooses them beside a picture, and all pages keep to the choice. */
import { fillOptions } from "../dom/page.js";
import { COLOURS, LIGHT } from "../words/colours.js";

const KEPT = "candling-colours";

/** Any of them can be used; they all say the same. */
const choices = document.querySelectorAll<HTMLSelectElement>("select[data-colours]");
for (const choice of choices)
  fillOptions(
    choice,
    COLOURS.map((name) => [name, name === LIGHT ? "candle: light, not paint" : name] as const),
  );

let chosen = LIGHT;
showColours(kept() ?? LIGHT);

/** The name of the scale in which heatmaps are painted now. */
export function chosenColours(): string {
  return chosen;
}

/** Has heatmaps painted in this scale, for this visit; a name that is none changes nothing. */
export function showColours(name: string): void {
  if (!COLOURS.includes(name)) return;
  chosen = name;
  for (const choice of choices) choice.value = name;
}

/** Calls `onChange` when the visitor chooses others. */
export function listenForColours(onChange: () => void): void {
  for (const choice of choices) {
    choice.addEventListener("change", () => {
      showColours(choice.value);
      keep();
      onChange();
    });
  }
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function keep(): void {
  try {
    localStorage.setItem(KEPT, chosen);
  } catch {
    // Storage may be full or forbidden: the choice holds for this visit.
  }
}
