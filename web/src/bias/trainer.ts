/**
 * The client of the worker that trains heads and evaluates models. The worker is started by the first call,
 * and again by the first one after it was stopped.
 */
import { CandlingError } from "../candling.js";
import { trusted } from "../platform/trusted.js";
import type {
  Basis,
  Evidence,
  EvidenceInFile,
  FileMask,
  Folder,
  Head,
  Mean,
  Outcomes,
  Pairs,
  SortedFolder,
  TrainingStep,
  TrainerAnswer,
  TrainerAsk,
  TrainerFiles,
  TrainerKind,
  TrainerReply,
  TrainerRequest,
} from "../trainer/messages.js";

/** The wasm module that the worker fetches. */
export const files: TrainerFiles = {
  module: new URL("./head/candling_head.js", import.meta.url).href,
  wasm: new URL("./head/candling_head_bg.wasm", import.meta.url).href,
};

/** Features of photos, with classes. */
export interface Examples {
  /** The features of each photo, all of one length. */
  readonly features: readonly Float32Array[];
  /** The class of each. */
  readonly labels: readonly number[];
  /** The photos that are held out; none if left out. */
  readonly heldOut?: readonly boolean[];
  readonly classes: number;
}

export type Trained = TrainerAnswer<"train">;

interface Call {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
  readonly onStep: (step: TrainingStep) => void;
}

export class Trainer {
  #worker: Worker | undefined;
  #next = 0;
  readonly #calls = new Map<number, Call>();

  /**
   * Trains a head. `onStep` is called after every step; aborting stops the worker, with everything else that
   * it was asked.
   */
  async train(
    { features, labels, heldOut, classes }: Examples,
    onStep: (step: TrainingStep) => void,
    signal: AbortSignal,
  ): Promise<Trained> {
    signal.throwIfAborted();
    const width = features[0]?.length ?? 0;
    const all = new Float32Array(features.length * width);
    for (const [at, values] of features.entries()) all.set(values, at * width);
    const held = Uint8Array.from(labels, (_, at) => Number(heldOut?.[at] ?? false));
    const stop = () =>
      this.#stop(new CandlingError({ code: "aborted", message: "the training was stopped" }));
    signal.addEventListener("abort", stop, { once: true });
    try {
      return await this.#call(
        "train",
        { features: all, labels: Uint32Array.from(labels), heldOut: held, classes, width },
        onStep,
      );
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Chooses photos to hold out: the share of every class, rounded, never all of it. The same each time. */
  async split(labels: readonly number[], share: number): Promise<readonly boolean[]> {
    const held = await this.#call("split", { labels: Uint32Array.from(labels), share });
    return Array.from(held, (value) => value === 1);
  }

  /** Returns the network in `file` with this head; `name` becomes a part of its name. */
  model(file: Blob, name: string, labels: readonly string[], head: Head): Promise<Blob> {
    return this.#call("model", { file, name, labels, head });
  }

  /** The share of a map's evidence in a region, 0 to 1; undefined for a map without evidence. */
  async evidence(evidence: Evidence): Promise<number | undefined> {
    return (await this.#call("evidence", evidence)) ?? undefined;
  }

  /** The shares of evidence in a mask file, at its own size; fails with `bad-mask`. */
  evidenceInFile(evidence: EvidenceInFile): Promise<TrainerAnswer<"evidenceInFile">> {
    return this.#call("evidenceInFile", evidence);
  }

  /** The share of right answers; undefined without answers. */
  async answers(correct: readonly boolean[]): Promise<Mean | undefined> {
    return (
      (await this.#call("answers", { right: correct.filter((one) => one).length, of: correct.length })) ??
      undefined
    );
  }

  /** The mean of shares of evidence; undefined without values. */
  async shares(values: readonly number[]): Promise<Mean | undefined> {
    return (await this.#call("shares", Float64Array.from(values))) ?? undefined;
  }

  /** Sorts a folder of classes. */
  sort(folder: Folder): Promise<SortedFolder> {
    return this.#call("sort", folder);
  }

  /** Pairs the masks of a folder with photos; see `Pairs`. */
  pairs(ask: TrainerAsk<"pairs">): Promise<Pairs> {
    return this.#call("pairs", ask);
  }

  /** Reads the mask in a file; fails with `bad-mask`. */
  mask(file: Blob, value: number | undefined): Promise<FileMask> {
    return this.#call("mask", { file, value });
  }

  /** Why names cannot be class names; undefined if they can. */
  async badNames(names: readonly string[]): Promise<string | undefined> {
    return (await this.#call("names", names)) ?? undefined;
  }

  /** Lines on the basis of an audit's numbers, and explanations of the intervals. */
  basis(basis: Basis): Promise<TrainerAnswer<"basis">> {
    return this.#call("basis", basis);
  }

  /** The line on masks of every report. */
  maskWords(outcomes: Outcomes): Promise<string> {
    return this.#call("outcomes", outcomes);
  }

  #call<K extends TrainerKind>(
    kind: K,
    ask: TrainerAsk<K>,
    onStep: (step: TrainingStep) => void = () => {},
  ): Promise<TrainerAnswer<K>> {
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#calls.set(id, { resolve, reject, onStep });
      const request: TrainerRequest<K> = { files, id, kind, ask };
      this.#started().postMessage(request);
    });
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(trusted(new URL("./candling-trainer.js", import.meta.url), "candling-page"), {
      type: "module",
      name: "candling trainer",
    });
    worker.addEventListener("message", ({ data }: MessageEvent<TrainerReply>) => {
      const call = this.#calls.get(data.id);
      if (data.type === "step") return call?.onStep(data.step);
      this.#calls.delete(data.id);
      if (data.type === "answer") call?.resolve(data.answer as never);
      else call?.reject(new CandlingError(data.failure));
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      const reason = event.message || "its script did not load";
      this.#stop(
        new CandlingError({ code: "engine-crashed", message: `the worker that trains failed: ${reason}` }),
      );
    });
    this.#worker = worker;
    return worker;
  }

  #stop(error: CandlingError): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const [id, { reject }] of this.#calls) {
      this.#calls.delete(id);
      reject(error);
    }
  }
}
