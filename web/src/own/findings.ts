/** What the model says of every photo, and how much of its evidence lies in a region: the lines of an audit. */
import { measureInside } from "../bias/inside.js";
import type { Mask } from "../bias/mask.js";
import type { Trainer } from "../bias/trainer.js";
import { CandlingError } from "../candling.js";
import type { Mean } from "../trainer/messages.js";
import { labelOf } from "./model.js";
import { outcomeOf } from "./outcomes.js";
import { maskIn, pathIn, type Photo, type Region } from "./photo.js";
import type { Session } from "./session.js";

/** Photos that are measured between two looks at the clock of the page. */
const AT_ONCE = 64;

/** A line of the audit. The names are those of `candling audit`. */
export interface Row {
  readonly photo: Photo;
  /** From the folder of all classes on, as it would be in one. */
  readonly path: string;
  /** As the model calls it, so that it can be held against what it says; its own name where the model does not know it. */
  readonly class: string;
  readonly group: string;
  /** Empty where nothing was found yet, or nothing could be. */
  readonly predicted: string;
  readonly probability: number;
  readonly correct: boolean;
  /** In the region that is looked at. */
  readonly evidence: number | undefined;
  /** What of a map that is alike everywhere would lie there. */
  readonly evenly: number | undefined;
  /** Where Grad-CAM was taken; empty where nothing was found. */
  readonly layer: string;
  readonly heldOut: boolean;
  /** Whether the model learnt from it; neither this nor held out are photos that were added later. */
  readonly learnt: boolean;
  /** What became of its mask, as `maskWords` takes it. */
  readonly mask: string;
  /** Why nothing could be found. */
  readonly error: string;
}

/** The group of photos that lie in none of their class's groups. */
export const NO_GROUP = "";

/** What some photos come to; `class` and `group` are undefined for all of them. */
export interface Summary {
  readonly class: string | undefined;
  readonly group: string | undefined;
  readonly photos: number;
  readonly accuracy: Mean | undefined;
  /** Of those that were held out. */
  readonly heldOut: Mean | undefined;
  /** Of those that it learnt from: of these no interval says how it does on others. */
  readonly learnt: { readonly right: number; readonly of: number };
  readonly evidence: Mean | undefined;
  /** The mean over the same photos of what a map that is alike everywhere would have there. */
  readonly evenly: number | undefined;
}

/** Measures a region in all photos in which it lies and which were found, but not measured yet. */
export async function measure(session: Session, trainer: Trainer, region: Region): Promise<void> {
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
        // What was asked may be out of date by now.
        if (photo.finding !== finding || maskIn(photo, region) !== mask) return;
        if (typeof inside === "string") session.marks.refuse(photo, region, inside);
        else photo.shares.set(region.id, inside);
      }),
    );
  }
}

/** Why a mask's file cannot be laid over its photo; what else goes wrong is nothing to do with the photo. */
function unfit(error: unknown, { source }: Mask): string {
  if (!(error instanceof CandlingError) || error.code !== "bad-mask") throw error;
  const name = source?.file instanceof File ? ` ${source.file.name}` : "";
  return `its mask${name}: ${error.message}`;
}

/** A line for every photo, class by class, in the order of the folders. */
export function rowsOf(session: Session, photos: readonly Photo[], region = session.region): readonly Row[] {
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

/** Where the evidence of these lines was measured, if any was. */
export function layerOf(rows: readonly Row[]): string | undefined {
  return rows.find(({ layer }) => layer !== "")?.layer;
}

/** All photos, then each class, then each group of a class, and what is in none of its groups. Of those that were found. */
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
    // a class without groups has one line
    if (hasOthers && groups.size > 0) all.push(summary(name, NO_GROUP));
  }
  return Promise.all(all);
}
