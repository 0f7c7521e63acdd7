/** The colour map of heatmaps: chosen beside a picture, and used on all pages. */
import { fillOptions } from "../dom/page.js";
import { COLOURS, LIGHT } from "../words/colours.js";

const KEPT = "candling-colours";

/** The selects of the page, which all show the same choice. */
const choices = document.querySelectorAll<HTMLSelectElement>("select[data-colours]");
for (const choice of choices)
  fillOptions(
    choice,
    COLOURS.map((name) => [name, name === LIGHT ? "candle: light, not paint" : name] as const),
  );

let chosen = LIGHT;
showColours(kept() ?? LIGHT);

/** The name of the current colour map. */
export function chosenColours(): string {
  return chosen;
}

/** Sets the colour map for this visit; an unknown name changes nothing. */
export function showColours(name: string): void {
  if (!COLOURS.includes(name)) return;
  chosen = name;
  for (const choice of choices) choice.value = name;
}

/** Calls `onChange` when the visitor chooses another one. */
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
    // storage may be full or forbidden: the choice then holds for this visit
  }
}
