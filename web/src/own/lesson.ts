/** Training a head: which photos are used, the training, and the network with that head. */
import type { Trained } from "../bias/trainer.js";
import type { TrainingStep } from "../trainer/messages.js";
import type { ReportProgress } from "./job.js";
import { lookForFeatures, unseen } from "./looking.js";
import type { Network } from "./network.js";
import { inOrder, type StoredPhoto, type PhotoClass } from "./photo.js";
import type { Lesson, Model } from "./model.js";
import type { PhotoSession } from "./session.js";
import { sentence } from "../words/sentence.js";
import { count, listed } from "./words.js";
import { itemAt } from "../platform/known.js";

/** Share of each class that is held out, as is the default of `candling train`. */
const HELD_OUT = 0.25;

/** The photos cannot be trained on; the message says why, and what to do. */
export class Unteachable extends Error {}

/** Returns why training cannot start yet; undefined if it can. */
export function objection(session: PhotoSession): string | undefined {
  const { classes } = session;
  for (const [at, of] of classes.entries()) {
    const isSpare = classes.length > 2 && session.photosOf(of).length === 0;
    if (of.name === "") return `Class ${at + 1} has no name: give it one${isSpare ? ", or remove it" : ""}.`;
  }
  const taken = classes.map(({ name }) => name.toLowerCase());
  const twice = classes.find(({ name }, at) => taken.indexOf(name.toLowerCase()) !== at);
  if (twice !== undefined) return `Two classes are called “${twice.name}”: give one of them another name.`;
  const empty = classes.filter((of) => session.photosOf(of).length === 0);
  const [first] = empty;
  if (first === undefined) return undefined;
  const names = listed(empty.map(({ name }) => name));
  const [subject, object] =
    empty.length === 1 ? [`Class ${names} has`, "it"] : [`Classes ${names} have`, "them"];
  return `${subject} no photos: add some${classes.length - empty.length >= 2 ? `, or remove ${object}` : ""}.`;
}

/**
 * Computes missing features, trains a head, and puts it into the network. Does not change the session's
 * model.
 */
export async function teach(
  session: PhotoSession,
  network: Network,
  progress: ReportProgress,
  onStep: (curve: readonly TrainingStep[]) => void,
  signal: AbortSignal,
): Promise<Model> {
  const bad = await network.examiner.badNames(session.classes.map(({ name }) => name));
  if (bad !== undefined) throw new Unteachable(sentence(new Error(bad)));
  const due = unseen(session);
  if (due.length > 0)
    await lookForFeatures(session, await network.backbone(progress, signal), progress, signal);
  const classes = [...session.classes];
  const taught = classes.flatMap((of, label) => readable(session, of).map((photo) => ({ photo, label })));
  const labels = taught.map(({ label }) => label);
  const features = taught.flatMap(({ photo }) => photo.features ?? []);
  progress("Choosing the photos that are held out…");
  const heldOut = await network.examiner.split(labels, HELD_OUT);
  progress(`Training on ${count(heldOut.filter((held) => !held).length, "photo")}…`);
  const curve: TrainingStep[] = [];
  const watch = (step: TrainingStep) => {
    curve.push(step);
    onStep(curve);
  };
  const trained = await network.trainer.train(
    { features, labels, heldOut, classes: classes.length },
    watch,
    signal,
  );
  progress("Putting it into the network…");
  const names = classes.map(({ name }) => name);
  const base = await network.file(progress, signal);
  const file = await network.trainer.model(base.file, nameOf(names), names, trained.head);
  signal.throwIfAborted();
  return {
    file,
    name: `${nameOf(names)}, on ${base.name}`,
    labels: names,
    classIds: classes.map(({ id }) => id),
    lesson: { curve, ...outcome(taught, heldOut, trained) },
  };
}

function outcome(
  taught: readonly { readonly photo: StoredPhoto; readonly label: number }[],
  heldOut: readonly boolean[],
  { answers, milliseconds }: Trained,
): Omit<Lesson, "curve"> {
  return {
    heldOut: new Set(taught.filter((_, at) => heldOut[at]).map(({ photo }) => photo.digest)),
    answers: new Map(
      taught.map(({ photo, label }, at) => [photo.digest, { given: itemAt(answers, at), right: label }]),
    ),
    milliseconds,
  };
}

function readable(session: PhotoSession, of: PhotoClass): readonly StoredPhoto[] {
  const photos = session.photosOf(of).filter(({ features }) => features !== undefined);
  if (photos.length > 0) return inOrder(photos);
  throw new Unteachable(
    `None of the photos of class “${of.name}” can be read: add others, or remove the class.`,
  );
}

/** The name of a model by its classes: "bird, mammal or fish". */
function nameOf(labels: readonly string[]): string {
  return [labels.slice(0, -1).join(", "), ...labels.slice(-1)].join(" or ");
}
