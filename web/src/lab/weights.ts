/** Which weights the page runs: those that the visitor chose by `?weights=`, or those that suit the connection. */
import { type ModelFiles, type Weights, weightsFor } from "../candling.js";
import { byId } from "../dom/page.js";
import { weightsTexts } from "./words.js";

const FILES = {
  full: "models/efficientnet-lite0.safetensors",
  small: "models/efficientnet-lite0-small.safetensors",
} as const satisfies ModelFiles;

/** The address of the model to load. The page says which weights it has, and offers the others. */
export function chooseModel(): string {
  const chosen = new URLSearchParams(location.search).get("weights");
  const weights = isWeights(chosen) ? chosen : weightsFor();
  const other = weights === "full" ? "small" : "full";
  byId("weights", HTMLElement).textContent = chosen === null && weights === "small" ? weightsTexts.sparing : weightsTexts[weights];
  const link = byId("other-weights", HTMLAnchorElement);
  link.href = `?weights=${other}`;
  // With what is asked by then; only a visitor's own photo has to be opened again.
  link.addEventListener("click", () => {
    const address = new URL(location.href);
    address.searchParams.set("weights", other);
    link.href = address.href;
  });
  link.textContent = weightsTexts.offer[other];
  return FILES[weights];
}

function isWeights(name: string | null): name is Weights {
  return name !== null && Object.hasOwn(FILES, name);
}
