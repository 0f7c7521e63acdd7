/** A model of the session: a network that tells its classes apart, and how it came to. */
import type { Step } from "../trainer/messages.js";
import type { PhotoClass } from "./photo.js";

/** How a head was trained. */
export interface Lesson {
  readonly curve: readonly Step[];
  /** Digests of the photos that were not learnt from. */
  readonly heldOut: ReadonlySet<string>;
  /** By digest, which of the model's classes the head gives, and which is right. */
  readonly answers: ReadonlyMap<string, { readonly given: number; readonly right: number }>;
  readonly milliseconds: number;
}

/** A network that tells classes apart. */
export interface Model {
  readonly file: Blob;
  readonly name: string;
  readonly labels: readonly string[];
  /** The class that each label stands for; of a model that was opened, those of the same name. */
  readonly classIds: readonly number[] | undefined;
  readonly lesson: Lesson | undefined;
}

/** Which of the model's classes a class is; undefined where it is none of them. It was trained for classes, whatever they are called now; one that
 *  was added later goes by its name, where no class of these has it. */
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
