/**
 * The results of an audit: the model's prediction for every photo, and the share of its evidence in a region.
 */
import { measureInside } from "../bias/inside.js";
import type { Mask } from "../bias/mask.js";
import type { Trainer } from "../bias/trainer.js";
import { CandlingError } from "../candling.js";
import type { Mean } from "../trainer/messages.js";
import { labelOf } from "./model.js";
import { outcomeOf } from "./outcomes.js";
import { maskIn, pathIn, type StoredPhoto, type Region } from "./photo.js";
import type { PhotoSession } from "./session.js";

/** Photos that are measured before the page gets its turn. */
const AT_ONCE = 64;

/** A row of the audit. The names are those of `candling audit`. */
export interface Row {
  readonly photo: StoredPhoto;
  /** The path below a folder of all classes, as it would be in one. */
  readonly path: string;
  /**
   * The model's name of the class, so that it can be compared with the prediction; its own name if the model
   * does not know it.
   */
  readonly class: string;
  readonly group: string;
  /** Name of the predicted class; empty without a result. */
  readonly predicted: string;
  readonly probability: number;
  readonly correct: boolean;
  /** The share of evidence in the current region (energy-based pointing game). */
  readonly evidence: number | undefined;
  /** Baseline: the share that a uniform map would have in this region. */
  readonly evenly: number | undefined;
  /** The layer at which Grad-CAM was computed; empty without a result. */
  readonly layer: string;
  readonly heldOut: boolean;
  /**
   * Whether it is a training photo; photos that were added later are neither training nor held-out photos.
   */
  readonly learnt: boolean;
  /** The outcome of its mask, in the form that `maskWords` takes. */
  readonly mask: string;
  /** Why there is no result. */
  readonly error: string;
}

/** The group of photos that are in no group of their class. */
export const NO_GROUP = "";

/** The summary of a set of photos; `class` and `group` are undefined for all of them. */
export interface Summary {
  readonly class: string | undefined;
  readonly group: string | undefined;
  readonly photos: number;
  readonly accuracy: Mean | undefined;
  /** Accuracy on held-out photos. */
  readonly heldOut: Mean | undefined;
  /**
   * Training photos, and right answers among them; no interval, as it would say nothing about other photos.
   */
  readonly learnt: { readonly right: number; readonly of: number };
  readonly evidence: Mean | undefined;
  /** Baseline: the mean share that uniform maps would have, over the same photos. */
  readonly evenly: number | undefined;
}

/** Measures a region in all photos in which it is marked and which have a map, unless already measured. */
export async function measure(session: PhotoSession, trainer: Trainer, region: Region): Promise<void> {
  const due = [...session.photos.values()].filter(
    ({ finding, shares }) => finding !== undefined && !shares.has(region.id),
  );
  for (let at = 0; at < due.length; at += AT_ONCE) {
    await Promise.all(
      due.slice(at, at + AT_ONCE).map(async (photo) => {
        const { finding } = photo;
        const mask = maskIn(photo, region);
        if (finding === undefined || mask === undefined) return;
        const inside = await measureInside(trainer, finding.map, mask).catch((error: unknown) =>
          unfit(error, mask),
        );
        // the map or the mask may have changed meanwhile
        if (photo.finding !== finding || maskIn(photo, region) !== mask) return;
        if (typeof inside === "string") session.marks.refuse(photo, region, inside);
        else photo.shares.set(region.id, inside);
      }),
    );
  }
}

/**
 * Why a mask's file does not fit its photo; other errors are rethrown, as they have nothing to do with the
 * photo.
 */
function unfit(error: unknown, { source }: Mask): string {
  if (!(error instanceof CandlingError) || error.code !== "bad-mask") throw error;
  const name = source?.file instanceof File ? ` ${source.file.name}` : "";
  return `its mask${name}: ${error.message}`;
}

/** A row for every photo, class by class, in the order of the folders. */
export function rowsOf(
  session: PhotoSession,
  photos: readonly StoredPhoto[],
  region = session.region,
): readonly Row[] {
  const { classes, model } = session;
  return photos.map((photo) => {
    const of = session.classOf(photo);
    const { finding, group, unreadable } = photo;
    const known = model === undefined || of === undefined ? undefined : labelOf(model, of, classes);
    const label = (known === undefined ? of?.name : model?.labels[known]) ?? "";
    const inside = photo.shares.get(region.id);
    const refused = photo.unmarked.get(region.id);
    return {
      photo,
      path: pathIn(label, photo),
      class: label,
      group,
      predicted: finding === undefined ? "" : (model?.labels[finding.predicted] ?? ""),
      probability: finding?.probability ?? 0,
      correct: finding !== undefined && known === finding.predicted,
      evidence: inside?.share,
      evenly: inside?.share === undefined ? undefined : inside.evenly,
      layer: finding?.layer ?? "",
      heldOut: session.isHeldOut(photo),
      learnt: !session.isHeldOut(photo) && (model?.lesson?.answers.has(photo.digest) ?? false),
      mask: outcomeOf(photo, region),
      error: unreadable ?? (refused?.kind === "refused" ? refused.why : ""),
    };
  });
}

/** The layer at which the evidence of these rows was measured, if any was. */
export function layerOf(rows: readonly Row[]): string | undefined {
  return rows.find(({ layer }) => layer !== "")?.layer;
}

/**
 * The summaries of all photos with results, then of each class, then of each group of a class and of its
 * photos in no group.
 */
export function summaries(trainer: Trainer, rows: readonly Row[]): Promise<readonly Summary[]> {
  const found = rows.filter(({ predicted, error }) => predicted !== "" && error === "");
  const summary = async (name: string | undefined, group: string | undefined): Promise<Summary> => {
    const of = found.filter(
      (row) => (name === undefined || row.class === name) && (group === undefined || row.group === group),
    );
    const right = (rows: readonly Row[]) => rows.map(({ correct }) => correct);
    const [accuracy, heldOut, evidence] = await Promise.all([
      trainer.answers(right(of)),
      trainer.answers(right(of.filter((row) => row.heldOut))),
      trainer.shares(of.flatMap((row) => row.evidence ?? [])),
    ]);
    const lessons = of.filter(({ learnt }) => learnt);
    const learnt = { right: lessons.filter(({ correct }) => correct).length, of: lessons.length };
    const even = of.flatMap(({ evenly }) => evenly ?? []);
    const evenly = even.length === 0 ? undefined : even.reduce((sum, value) => sum + value, 0) / even.length;
    return { class: name, group, photos: of.length, accuracy, heldOut, learnt, evidence, evenly };
  };
  const all = [summary(undefined, undefined)];
  for (const name of new Set(rows.map((row) => row.class))) {
    all.push(summary(name, undefined));
    const groups = new Set(rows.filter((row) => row.class === name).map(({ group }) => group));
    const hasOthers = groups.delete(NO_GROUP);
    for (const group of groups) all.push(summary(name, group));
    // a class without groups has one row
    if (hasOthers && groups.size > 0) all.push(summary(name, NO_GROUP));
  }
  return Promise.all(all);
}
