/**
 * Model of the page: one of the visitor's (`?model=own`), or ours, with the weights of `?weights=`, or those
 * that suit the connection and the offline copies.
 */
import { type Weights, weightsFor, weightsHere } from "../candling.js";
import { byId } from "../dom/page.js";
import { HANDED_OVER, handedOver } from "../site/handover.js";
import { MODEL_FILES } from "../site/models.js";
import { weightsTexts } from "./words.js";

/** Whether it is one of the visitor's. */
export const isOwn = new URLSearchParams(location.search).get("model") === "own";

/** The address of the model to load. The page shows which weights it has, and offers the others. */
export async function chooseModel(): Promise<string> {
  if (isOwn) return ownModel();
  const chosen = new URLSearchParams(location.search).get("weights");
  const wanted = isWeights(chosen) ? chosen : undefined;
  const weights = await weightsHere(MODEL_FILES, wanted);
  const other = weights === "full" ? "small" : "full";
  const texts =
    weights !== (wanted ?? weightsFor())
      ? weightsTexts.kept
      : chosen === null
        ? weightsTexts.suited
        : weightsTexts;
  byId("weights", HTMLElement).textContent = texts[weights];
  const link = byId("other-weights", HTMLAnchorElement);
  link.href = `?weights=${other}`;
  // with the state of that moment; only a visitor's own photo has to be opened again
  link.addEventListener("click", () => {
    const address = new URL(location.href);
    address.searchParams.set("weights", other);
    link.href = address.href;
  });
  link.textContent = (texts === weightsTexts.kept ? weightsTexts.offerBesideKept : weightsTexts.offer)[other];
  return MODEL_FILES[weights];
}

function ownModel(): string {
  byId("weights", HTMLElement).textContent = weightsTexts.own;
  const link = byId("other-weights", HTMLAnchorElement);
  link.href = "./";
  link.textContent = weightsTexts.offer.ours;
  return HANDED_OVER;
}

/** The file of a model that another page, or the visitor, has handed over; otherwise the address itself. */
export async function fileOf(model: string): Promise<string | Blob> {
  if (model !== HANDED_OVER) return model;
  const file = await handedOver();
  if (file === undefined)
    throw new Error("no model of yours is kept on this device; drop its file here, or use ours");
  return file;
}

function isWeights(name: string | null): name is Weights {
  return name !== null && Object.hasOwn(MODEL_FILES, name);
}
