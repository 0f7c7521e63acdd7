/**
 * The worker that trains heads, evaluates models, and sorts folders. It has a wasm module of its own,
 * `crates/wasm-head`, which it fetches with the first request; networks run in the engine's worker.
 */
import type { Head, Mean as WasmMean } from "./candling_head.js";
import { noWebAssembly } from "./platform/webassembly.js";
import { pairs, sorted } from "./trainer/folder.js";
import { evidenceInFile, maskOf } from "./trainer/mask.js";
import type {
  Mean,
  TrainerAnswer,
  TrainerAsk,
  TrainerFiles,
  TrainerKind,
  TrainerReply,
  TrainerRequest,
} from "./trainer/messages.js";
import { itemAt } from "./platform/known.js";

type Wasm = typeof import("./candling_head.js");

/**
 * Seed of the split and of the bootstrap; fixed so that the same photos give the same results, as in
 * `candling train` and `candling audit`.
 */
const SEED = 1;

let started: Promise<Wasm> | undefined;

/** Starts the module, once; after a failure the next call tries again. */
async function start({ module, wasm: file }: TrainerFiles): Promise<Wasm> {
  const missing = noWebAssembly();
  if (missing !== undefined) throw unavailable(missing);
  started ??= (async () => {
    const wasm: Wasm = await import(module);
    await wasm.default({ module_or_path: new URL(file) });
    return wasm;
  })();
  try {
    return await started;
  } catch (cause) {
    started = undefined;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw unavailable(
      `the module that trains could not be started: ${reason}; without a connection it is there once it was used with one`,
    );
  }
}

function unavailable(message: string): Error {
  return Object.assign(new Error(message), { code: "engine-unavailable" });
}

type Watch = (step: number, of: number, loss: number, accuracy: number) => void;
type Handlers = {
  readonly [K in TrainerKind]: (
    wasm: Wasm,
    ask: TrainerAsk<K>,
    watch: Watch,
  ) => TrainerAnswer<K> | Promise<TrainerAnswer<K>>;
};

const handlers: Handlers = {
  train(wasm, { features, labels, heldOut, classes, width }, watch) {
    const example = (at: number) => features.subarray(at * width, (at + 1) * width);
    const learnt = Array.from(labels.keys()).filter((at) => heldOut[at] === 0);
    const lessons = new Float32Array(learnt.length * width);
    for (const [place, at] of learnt.entries()) lessons.set(example(at), place * width);
    const start = performance.now();
    const trained = wasm.train(
      lessons,
      Uint32Array.from(learnt, (at) => itemAt(labels, at)),
      classes,
      width,
      watch,
    );
    const milliseconds = performance.now() - start;
    try {
      const answers = Uint32Array.from(labels, (_, at) => best(trained, example(at)));
      return { head: { weight: trained.weight(), bias: trained.bias() }, answers, milliseconds };
    } finally {
      trained.free();
    }
  },

  split: (wasm, { labels, share }) => wasm.split(labels, share, SEED),

  async model(wasm, { file, name, labels, head }) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    return new Blob([wasm.withHead(bytes, name, labels, head.weight, head.bias)]);
  },

  evidence: (wasm, { map, height, width, mask, maskHeight, maskWidth, view }) =>
    wasm.evidenceShare(map, height, width, mask, maskHeight, maskWidth, Float64Array.from(view)) ?? null,

  evidenceInFile: (wasm, ask) => evidenceInFile(wasm, ask),
  answers: (wasm, { right, of }) => meanOf(wasm.meanOfAnswers(right, of)),
  shares: (wasm, values) => meanOf(wasm.meanOfShares(values, SEED)),

  sort: (wasm, folder) => sorted(wasm, folder),
  pairs: (wasm, folder) => pairs(wasm, folder),
  mask: (wasm, { file, value }) => maskOf(wasm, file, value),

  names: (wasm, names) => wasm.badNames(names) ?? null,
  basis: (wasm, { found, failed, leftOut, model, sha256, layer }) => ({
    lines: wasm.basisWords(found, failed, leftOut, model, sha256, layer),
    intervals: wasm.intervalWords(),
  }),
  outcomes: (wasm, { photos, outcomes, unused }) => wasm.maskWords(photos, outcomes, unused),
};

function meanOf(found: WasmMean | undefined): Mean | null {
  if (found === undefined) return null;
  try {
    const [low, high] = found.interval() ?? [];
    const interval = low === undefined || high === undefined ? null : ([low, high] as const);
    return { mean: found.mean, interval, count: found.count, words: found.words() };
  } finally {
    found.free();
  }
}

function best(head: Head, features: Float32Array): number {
  const logits = head.logits(features);
  return logits.indexOf(Math.max(...logits));
}

function reply<K extends TrainerKind>(message: TrainerReply<K>): void {
  self.postMessage(message);
}

async function answer<K extends TrainerKind>({ files, id, kind, ask }: TrainerRequest<K>): Promise<void> {
  try {
    const wasm = await start(files);
    const watch: Watch = (step, of, loss, accuracy) =>
      reply({ type: "step", id, step: { step, of, loss, accuracy } });
    reply<K>({ type: "answer", id, answer: await handlers[kind](wasm, ask, watch) });
  } catch (error) {
    const { code = "internal", message = String(error) } =
      error instanceof Error ? (error as Error & { code?: string }) : {};
    reply({ type: "failure", id, failure: { code, message } });
  }
}

self.addEventListener("message", (event: MessageEvent<TrainerRequest>) => void answer(event.data));
