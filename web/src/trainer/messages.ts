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

/** A mean and the interval in which it lies in 95 of 100 such sets. */
export interface Mean {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Of so many values. */
  readonly count: number;
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
  split: { readonly ask: { readonly labels: Uint32Array; readonly share: number }; readonly answer: Uint8Array };
  /** The file of the same network with this head. */
  model: {
    readonly ask: { readonly file: Blob; readonly name: string; readonly labels: readonly string[]; readonly head: Head };
    readonly answer: Blob;
  };
  /** The share of evidence in a region; null for a map without evidence. */
  evidence: { readonly ask: Evidence; readonly answer: number | null };
  /** Null for no values. */
  mean: { readonly ask: Float64Array; readonly answer: Mean | null };
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
  | { readonly type: "failure"; readonly id: number; readonly failure: { readonly code: string; readonly message: string } };
