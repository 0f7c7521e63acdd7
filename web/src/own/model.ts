/** The model of a session: a network for its classes, and how it was trained. */
import type { TrainingStep } from "../trainer/messages.js";
import type { PhotoClass } from "./photo.js";

/** The training of a head. */
export interface Lesson {
  readonly curve: readonly TrainingStep[];
  /** Digests of the held-out photos. */
  readonly heldOut: ReadonlySet<string>;
  /** Predicted and true class of each photo in the model's numbering, by digest. */
  readonly answers: ReadonlyMap<string, { readonly given: number; readonly right: number }>;
  readonly milliseconds: number;
}

/** A classifier. */
export interface Model {
  readonly file: Blob;
  readonly name: string;
  readonly labels: readonly string[];
  /** The class of each label; for an opened model, those of the same name. */
  readonly classIds: readonly number[] | undefined;
  readonly lesson: Lesson | undefined;
}

/**
 * The index of a class in the model; undefined if the model does not have it. A class that the model was
 * trained on keeps its index when it is renamed; one that was added later is matched by name, unless one of
 * these has it.
 */
export function labelOf(
  { labels, classIds }: Model,
  { id, name }: PhotoClass,
  classes: readonly PhotoClass[],
): number | undefined {
  const trained = classIds?.indexOf(id) ?? -1;
  if (trained >= 0) return trained;
  const named = labels.findIndex((label) => label.toLowerCase() === name.trim().toLowerCase());
  const isTaken = classes.some((other) => other.id === classIds?.[named]);
  return named < 0 || isTaken ? undefined : named;
}
