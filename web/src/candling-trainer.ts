/**
 * The worker that trains heads and judges models. It owns a wasm module of its own, `crates/wasm-head`, which it fetches with the first request;
 * networks run in the engine's worker.
 */
import type { Head } from "./candling_head.js";
import { noWebAssembly } from "./platform/webassembly.js";
import type { TrainerAnswer, TrainerAsk, TrainerFiles, TrainerKind, TrainerReply, TrainerRequest } from "./trainer/messages.js";

type Wasm = typeof import("./candling_head.js");

/** Of the split and of the intervals: the same photos give the same. `candling train` and `candling audit` have the same. */
const SEED = 1;

let started: Promise<Wasm> | undefined;

/** Fetched once; what failed is tried again. */
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
    throw unavailable(`the module that trains could not be started: ${reason}`);
  }
}

function unavailable(message: string): Error {
  return Object.assign(new Error(message), { code: "engine-unavailable" });
}

type Watch = (step: number, of: number, loss: number, accuracy: number) => void;
type Handlers = { readonly [K in TrainerKind]: (wasm: Wasm, ask: TrainerAsk<K>, watch: Watch) => TrainerAnswer<K> | Promise<TrainerAnswer<K>> };

const handlers: Handlers = {
  train(wasm, { features, labels, heldOut, classes, width }, watch) {
    const example = (at: number) => features.subarray(at * width, (at + 1) * width);
    const learnt = Array.from(labels.keys()).filter((at) => heldOut[at] === 0);
    const lessons = new Float32Array(learnt.length * width);
    for (const [place, at] of learnt.entries()) lessons.set(example(at), place * width);
    const start = performance.now();
    const trained = wasm.train(lessons, Uint32Array.from(learnt, (at) => labels[at] ?? 0), classes, width, watch);
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

  mean(wasm, values) {
    const interval = wasm.interval(values, SEED);
    if (interval === undefined) return null;
    const [low = 0, high = 0] = interval;
    return { mean: values.reduce((sum, value) => sum + value, 0) / values.length, low, high, count: values.length };
  },
};

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
    const watch: Watch = (step, of, loss, accuracy) => reply({ type: "step", id, step: { step, of, loss, accuracy } });
    reply<K>({ type: "answer", id, answer: await handlers[kind](wasm, ask, watch) });
  } catch (error) {
    const { code = "internal", message = String(error) } = error instanceof Error ? (error as Error & { code?: string }) : {};
    reply({ type: "failure", id, failure: { code, message } });
  }
}

self.addEventListener("message", (event: MessageEvent<TrainerRequest>) => void answer(event.data));
