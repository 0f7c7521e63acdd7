/**
 * The basis of an audit's numbers: its photos, masks and model, the layer, and what was left out, in the
 * words of `candling audit`.
 */
import type { Trainer } from "../bias/trainer.js";
import { layerOf, type Row } from "./findings.js";
import { markedHere, outcomesIn } from "./outcomes.js";
import type { Region } from "./photo.js";
import type { PhotoSession } from "./session.js";
import { count } from "./words.js";

/** Number of left out files that are listed one by one. */
const NAMED = 10;

export interface Basis {
  /** SHA-256 of the model's file, in hexadecimal; empty in insecure contexts, where browsers offer none. */
  readonly sha256: string;
  readonly masks: string;
  readonly lines: readonly string[];
  /** Explanations of the intervals. */
  readonly intervals: readonly string[];
}

export async function basisOf(
  session: PhotoSession,
  trainer: Trainer,
  rows: readonly Row[],
  region: Region,
): Promise<Basis> {
  const { model, leftOut } = session;
  const sha256 = model === undefined ? "" : await hashOf(model.file);
  const failed = rows.filter(({ error }) => error !== "").length;
  const [{ lines, intervals }, masks] = await Promise.all([
    trainer.basis({
      found: rows.length,
      failed,
      leftOut: leftOut.length,
      model: model?.name ?? "",
      sha256: sha256 || "not computed by this browser",
      layer: layerOf(rows) ?? "",
    }),
    maskLine(session, trainer, rows, region),
  ]);
  const [photos = "", ...rest] = lines;
  const named = leftOut.slice(0, NAMED).map(({ path, why }) => `left out: ${path}: ${why}`);
  const more = leftOut.length > NAMED ? [`left out: ${leftOut.length - NAMED} more; the JSON names all`] : [];
  return {
    sha256,
    masks,
    lines: [photos, ...named, ...more, masks, ...doubt(rows, region), ...rest],
    intervals,
  };
}

/** The reason for the first photo whose mask is unclear among several. */
function doubt(rows: readonly Row[], region: Region): readonly string[] {
  for (const { path, photo } of rows) {
    const none = photo.unmarked.get(region.id);
    if (none?.kind === "several") return [`of ${path} ${none.why}`];
  }
  return [];
}

async function maskLine(
  session: PhotoSession,
  trainer: Trainer,
  rows: readonly Row[],
  region: Region,
): Promise<string> {
  const photos = rows.map(({ photo }) => photo);
  const marked = markedHere(photos, region);
  const here = marked === 0 ? "" : `${count(marked, "photo")} marked on this page as “${region.name}”`;
  const outcomes = outcomesIn(session, photos, region);
  if (outcomes.outcomes.every((one) => one === ""))
    return `masks: none from a folder${here === "" ? "" : `; ${here}`}`;
  const words = await trainer.maskWords(outcomes);
  return here === "" ? words : `${words}; ${here}`;
}

const hashes = new WeakMap<Blob, Promise<string>>();

/** Returns the hash of a file; empty in insecure contexts, where browsers offer none. */
function hashOf(file: Blob): Promise<string> {
  const known = hashes.get(file) ?? computed(file);
  hashes.set(file, known);
  return known;
}

async function computed(file: Blob): Promise<string> {
  const subtle = (crypto as { readonly subtle?: SubtleCrypto }).subtle;
  if (subtle === undefined) return "";
  const bytes = new Uint8Array(await subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
