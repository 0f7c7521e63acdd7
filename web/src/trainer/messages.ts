/**
 * Messages between a page and the worker that trains heads and evaluates models.
 *
 * A request has an id, which its replies repeat: any number of steps, then one answer or failure.
 */

/** Addresses of the two files of the wasm module. */
export interface TrainerFiles {
  readonly module: string;
  readonly wasm: string;
}

/** A linear layer for the features of `Run.features`. */
export interface Head {
  /** classes·width values, class after class. */
  readonly weight: Float32Array;
  /** One value per class. */
  readonly bias: Float32Array;
}

/** The progress of a training. */
export interface TrainingStep {
  /** Number of steps done, and of all steps. */
  readonly step: number;
  readonly of: number;
  /** The loss before this step: mean cross-entropy and weight decay. */
  readonly loss: number;
  /** Training accuracy before this step, 0 to 1. */
  readonly accuracy: number;
}

/** A raw map of one channel, the part of the photo that it covers, and the mask in which it is measured. */
export interface Evidence {
  /** height·width values, row by row. */
  readonly map: Float32Array;
  readonly height: number;
  readonly width: number;
  /** 1 inside and 0 outside, row by row. */
  readonly mask: Uint8Array;
  readonly maskHeight: number;
  readonly maskWidth: number;
  /** The part that the network saw, in pixels of the mask: left, top, width, height. */
  readonly view: readonly [number, number, number, number];
}

/** A mean with its confidence interval. */
export interface Mean {
  readonly mean: number;
  /** Lower and upper bound; null for too few values, and for shares of evidence that are all equal. */
  readonly interval: readonly [number, number] | null;
  /** Number of values. */
  readonly count: number;
  /** The text for reports. */
  readonly words: string;
}

/** A file, and its path relative to the given folder. */
export interface Entry {
  readonly path: string;
  readonly file: File;
}

/** The contents of a folder. */
export interface Folder {
  readonly files: readonly Entry[];
  /** Paths of folders, as far as they are known, for empty ones. */
  readonly folders: readonly string[];
  /**
   * The name of the class to which all files belong, empty if it has none yet; if left out, the folders are
   * classes.
   */
  readonly oneClass?: string;
}

/** A file or folder that is left out; `code` is for programs. */
export interface LeftOut {
  readonly path: string;
  readonly code: string;
  readonly why: string;
}

/** The sorted contents of a folder of classes. */
export interface SortedFolder {
  readonly classes: readonly string[];
  /** Photos by class, group and name; `file` and `class` are indices. */
  readonly photos: readonly { readonly file: number; readonly class: number; readonly group: string }[];
  /** Indices of masks that lie among the photos; they are in `leftOut` too. */
  readonly masks: readonly number[];
  readonly leftOut: readonly LeftOut[];
  /** The left out files in a sentence; empty if there are none. */
  readonly words: string;
  /** Why the names cannot be class names. */
  readonly refused: string | null;
}

/** The pairing of masks with photos. */
export interface Pairs {
  /** For each photo the index of its mask, null for none, or why it is unclear. */
  readonly of: readonly (number | string | null)[];
  /** Masks that belong to no photo. */
  readonly unused: readonly string[];
  /** Everything else in their folder, in a sentence. */
  readonly words: string;
  /** The message if no photo has a mask. */
  readonly missing: string;
}

/** A mask in the size of its file: 1 inside and 0 outside, row by row. */
export interface FileMask {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array<ArrayBuffer>;
  /** The rule that decided what is inside. */
  readonly rule: string;
}

/** A map to measure in a mask file. */
export interface EvidenceInFile {
  readonly map: Float32Array;
  readonly height: number;
  readonly width: number;
  /** The part that the network saw, in pixels of the photo: left, top, width, height. */
  readonly view: readonly [number, number, number, number];
  readonly photo: { readonly width: number; readonly height: number };
  readonly file: Blob;
  /** The one value that is inside; without it the rule is inferred. */
  readonly value: number | undefined;
}

/** The basis of an audit's numbers. */
export interface Basis {
  readonly found: number;
  readonly failed: number;
  readonly leftOut: number;
  readonly model: string;
  readonly sha256: string;
  readonly layer: string;
}

/** The outcomes of masks: for each photo its name and the argument of `maskWords`. */
export interface Outcomes {
  readonly photos: readonly string[];
  readonly outcomes: readonly string[];
  readonly unused: readonly string[];
}

/** All calls, by kind. */
export interface TrainerCalls {
  /** Trains on the examples whose `heldOut` is 0. `features` are `labels.length`·`width` values. */
  train: {
    readonly ask: {
      readonly features: Float32Array;
      readonly labels: Uint32Array;
      readonly heldOut: Uint8Array;
      readonly classes: number;
      readonly width: number;
    };
    /** `answers` is the predicted class of each example, held out or not. */
    readonly answer: { readonly head: Head; readonly answers: Uint32Array; readonly milliseconds: number };
  };
  /** Chooses examples to hold out: the share of every class, never all of it. */
  split: {
    readonly ask: { readonly labels: Uint32Array; readonly share: number };
    readonly answer: Uint8Array;
  };
  /** The file of the same backbone with this head. */
  model: {
    readonly ask: {
      readonly file: Blob;
      readonly name: string;
      readonly labels: readonly string[];
      readonly head: Head;
    };
    readonly answer: Blob;
  };
  /** The share of evidence in a region; null for a map without evidence. */
  evidence: { readonly ask: Evidence; readonly answer: number | null };
  /** The share in a mask file, and that of a uniform map; fails with `bad-mask`. */
  evidenceInFile: {
    readonly ask: EvidenceInFile;
    readonly answer: {
      readonly share: number | null;
      readonly evenly: number | null;
      readonly scaled: boolean;
    };
  };
  /** The share of right answers; null without answers. */
  answers: { readonly ask: { readonly right: number; readonly of: number }; readonly answer: Mean | null };
  /** The mean of shares of evidence; null without values. */
  shares: { readonly ask: Float64Array; readonly answer: Mean | null };
  /** Sorts a folder of classes. */
  sort: { readonly ask: Folder; readonly answer: SortedFolder };
  /**
   * Pairs the masks of a folder with photos at these paths, each followed by those of its copies; `beside` if
   * they lie among the photos.
   */
  pairs: {
    readonly ask: Folder & {
      readonly photos: readonly (readonly string[])[];
      readonly beside: boolean;
      readonly folder: string;
    };
    readonly answer: Pairs;
  };
  /** Fails with `bad-mask`. */
  mask: {
    readonly ask: { readonly file: Blob; readonly value: number | undefined };
    readonly answer: FileMask;
  };
  /** Why names cannot be class names; null if they can. */
  names: { readonly ask: readonly string[]; readonly answer: string | null };
  /** Lines on the basis of an audit's numbers, and explanations of the intervals. */
  basis: {
    readonly ask: Basis;
    readonly answer: { readonly lines: readonly string[]; readonly intervals: readonly string[] };
  };
  /** The line on masks in reports. */
  outcomes: { readonly ask: Outcomes; readonly answer: string };
}

export type TrainerKind = keyof TrainerCalls;
export type TrainerAsk<K extends TrainerKind> = TrainerCalls[K]["ask"];
export type TrainerAnswer<K extends TrainerKind> = TrainerCalls[K]["answer"];

/** Page → worker. */
export interface TrainerRequest<K extends TrainerKind = TrainerKind> {
  readonly files: TrainerFiles;
  readonly id: number;
  readonly kind: K;
  readonly ask: TrainerAsk<K>;
}

/** Worker → page. */
export type TrainerReply<K extends TrainerKind = TrainerKind> =
  | { readonly type: "step"; readonly id: number; readonly step: TrainingStep }
  | { readonly type: "answer"; readonly id: number; readonly answer: TrainerAnswer<K> }
  | {
      readonly type: "failure";
      readonly id: number;
      readonly failure: { readonly code: string; readonly message: string };
    };
