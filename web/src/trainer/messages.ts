/**
 * Everything that crosses between a page and the worker that trains heads and judges models.
 *
 * A request has a number, and so has what comes back: any number of steps, then one answer or failure.
 */

/** Where the module's two files lie. */
export interface TrainerFiles {
  readonly module: string;
  readonly wasm: string;
}

/** A linear layer, for features as they come from `Run.features`. */
export interface Head {
  /** classes·width values, class after class. */
  readonly weight: Float32Array;
  /** One a class. */
  readonly bias: Float32Array;
}

/** How a training goes. */
export interface Step {
  /** Steps that are done, and how many there will be. */
  readonly step: number;
  readonly of: number;
  /** Before this step: mean cross-entropy and weight decay. */
  readonly loss: number;
  /** The share of examples that were right before this step, 0 to 1. */
  readonly accuracy: number;
}

/** A raw map of one channel, where it lies, and what of it is asked about. */
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

/** A mean, and how far it can be trusted. */
export interface Mean {
  readonly mean: number;
  /** Low and high; null of too few values, or of shares that are all alike. */
  readonly interval: readonly [number, number] | null;
  /** Of so many values. */
  readonly count: number;
  /** As reports have it. */
  readonly words: string;
}

/** A file, and its path from the folder that was given on. */
export interface Entry {
  readonly path: string;
  readonly file: File;
}

/** What lies in a folder. */
export interface Folder {
  readonly files: readonly Entry[];
  /** Paths of folders, as far as they are known: of empty ones there is nothing else to tell. */
  readonly folders: readonly string[];
  /** What the one class is called that all of it is for, empty where it has no name yet; without it the folders are classes. */
  readonly oneClass?: string;
}

/** Something that is passed over; `code` is for programs. */
export interface LeftOut {
  readonly path: string;
  readonly code: string;
  readonly why: string;
}

/** What a folder of classes comes to. */
export interface SortedFolder {
  readonly classes: readonly string[];
  /** By class, group and name; `file` and `class` are indices. */
  readonly photos: readonly { readonly file: number; readonly class: number; readonly group: string }[];
  /** Masks that lie among the photos, by index; they are among `leftOut` too. */
  readonly masks: readonly number[];
  readonly leftOut: readonly LeftOut[];
  /** The same in a sentence; empty where nothing is left out. */
  readonly words: string;
  /** Why the names cannot be those of classes. */
  readonly refused: string | null;
}

/** Which masks are whose. */
export interface Pairs {
  /** For each photo the index of its mask's file, null for none, or why that is not known. */
  readonly of: readonly (number | string | null)[];
  /** Masks that are no photo's. */
  readonly unused: readonly string[];
  /** What else lies in their folder, in a sentence. */
  readonly words: string;
  /** What to say where no photo has one. */
  readonly missing: string;
}

/** A mask as its file has it: 1 inside and 0 outside, row by row. */
export interface FileMask {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array<ArrayBuffer>;
  /** By which rule it was told what is inside. */
  readonly rule: string;
}

/** What is to be measured in a mask that a file has. */
export interface EvidenceInFile {
  readonly map: Float32Array;
  readonly height: number;
  readonly width: number;
  /** The part that the network saw, in pixels of the photo: left, top, width, height. */
  readonly view: readonly [number, number, number, number];
  readonly photo: { readonly width: number; readonly height: number };
  readonly file: Blob;
  /** The one value that is inside; a rule is found without. */
  readonly value: number | undefined;
}

/** What an audit's numbers stand on. */
export interface Basis {
  readonly found: number;
  readonly failed: number;
  readonly leftOut: number;
  readonly model: string;
  readonly sha256: string;
  readonly layer: string;
}

/** What became of masks: for each photo its name and what `maskWords` takes. */
export interface Outcomes {
  readonly photos: readonly string[];
  readonly outcomes: readonly string[];
  readonly unused: readonly string[];
}

/** Every kind of call. */
export interface TrainerCalls {
  /** Learns from the examples whose `heldOut` is 0. `features` are `labels.length`·`width` values. */
  train: {
    readonly ask: {
      readonly features: Float32Array;
      readonly labels: Uint32Array;
      readonly heldOut: Uint8Array;
      readonly classes: number;
      readonly width: number;
    };
    /** `answers` is the class that each example gets, held out or not. */
    readonly answer: { readonly head: Head; readonly answers: Uint32Array; readonly milliseconds: number };
  };
  /** Which examples are held out: of every class the share, never all. */
  split: {
    readonly ask: { readonly labels: Uint32Array; readonly share: number };
    readonly answer: Uint8Array;
  };
  /** The file of the same network with this head. */
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
  /** The same of a map in a mask's file, and of a map that is alike everywhere; fails with `bad-mask`. */
  evidenceInFile: {
    readonly ask: EvidenceInFile;
    readonly answer: {
      readonly share: number | null;
      readonly evenly: number | null;
      readonly scaled: boolean;
    };
  };
  /** The share of right answers; null of none. */
  answers: { readonly ask: { readonly right: number; readonly of: number }; readonly answer: Mean | null };
  /** The mean of shares of evidence; null of none. */
  shares: { readonly ask: Float64Array; readonly answer: Mean | null };
  /** What is in a folder of classes. */
  sort: { readonly ask: Folder; readonly answer: SortedFolder };
  /** Which of a folder's masks are those of photos at these paths, of which each has its copies' behind its own; `beside` where they lie among the photos. */
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
  /** Why names cannot be those of classes; null where they can. */
  names: { readonly ask: readonly string[]; readonly answer: string | null };
  /** Lines on what an audit's numbers stand on, and sentences on what the intervals are. */
  basis: {
    readonly ask: Basis;
    readonly answer: { readonly lines: readonly string[]; readonly intervals: readonly string[] };
  };
  /** The line on masks. */
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
  | { readonly type: "step"; readonly id: number; readonly step: Step }
  | { readonly type: "answer"; readonly id: number; readonly answer: TrainerAnswer<K> }
  | {
      readonly type: "failure";
      readonly id: number;
      readonly failure: { readonly code: string; readonly message: string };
    };
