/**
 * The engine's worker: owns the wasm and answers one request after the other. Everything that is thrown ends
 * as a `Failure`.
 */
import type {
  Answer,
  Ask,
  Backend,
  ClassQuery,
  CallKind,
  Reply,
  Request,
  ResolvedTarget,
  RunAnswer,
  RunTimings,
  Target,
} from "./protocol.js";
import { codes } from "./protocol.js";
import type { Engine, Prepared, Run } from "./candling_wasm.js";
import {
  adapter,
  type Gpu,
  withCpuFallback,
  withGpuTimeout,
  deviceLostError,
  freeOnGpu,
  loadOnGpu,
} from "./worker/gpu.js";
import { decode } from "./worker/decode.js";
import { otherBytesLoaded, download } from "./worker/download.js";
import { buildsFor, startEngine, type Wasm } from "./worker/engine.js";
import { answerOf } from "./worker/explanation.js";
import { failure, toFailure, withWasmObject, withWasmObjectAsync } from "./worker/failure.js";
import { explainFrame } from "./worker/live.js";
import { outcomeOf, planOf, rankingOf, valuesOf } from "./worker/passes.js";
import { measure, noise } from "./worker/measure.js";
import { paint } from "./worker/paint.js";
import { randomized } from "./worker/randomized.js";
import { inputOf, StoredRun, type Source } from "./worker/run.js";
import { Runs } from "./worker/runs.js";
import { itemAt } from "./platform/known.js";

/** State after `load`. */
interface Loaded {
  readonly wasm: Wasm;
  readonly memory: WebAssembly.Memory;
  readonly engine: Engine;
  readonly classes: number;
  readonly runs: Runs;
  /** The model's file, and its source. */
  readonly file: Blob;
  readonly model: string | Blob;
}

let loaded: Loaded | undefined;
let gpu: Gpu | undefined;
const counts = { forwards: 0, explanations: 0, renders: 0 };

/** An answer, with the objects in it that are transferred. */
type Handled<K extends CallKind> = { readonly answer: Answer<K>; readonly transfer?: Transferable[] };
type Handlers = { readonly [K in CallKind]: (ask: Ask<K>) => Handled<K> | Promise<Handled<K>> };

const handlers: Handlers = {
  async load({ files, model, builds, threads: most }) {
    const possible = await buildsFor(files, builds, most);
    const [{ wasm, memory, ...started }, bytes] = await Promise.all([
      startEngine(files, possible, most),
      download(model, (progress) => reply({ type: "progress", progress })),
    ]);
    const engine = new wasm.Engine(bytes);
    const info = engine.info();
    const file = new Blob([bytes]);
    loaded = { wasm, memory, engine, classes: info.classes, runs: new Runs(info), file, model };
    const about = { info: { ...info, ...started }, labels: engine.labels(), colormaps: wasm.colormaps() };
    return { answer: { ...about, model: file } };
  },

  async adapter() {
    return { answer: await adapter() };
  },

  async backend({ backend, compare, files }) {
    if (backend === "cpu") {
      dismiss();
      return { answer: { backend } };
    }
    gpu ??= await loadOnGpu(files, unpacked);
    const { name } = gpu;
    if (!compare) return { answer: { backend, adapter: name } };
    try {
      const { engine, runs } = need();
      const { inputHeight, inputWidth } = engine.info();
      const input = runs.last?.input ?? noise(inputHeight, inputWidth);
      const milliseconds = await measure(engine, gpu, input);
      const faster = milliseconds.webgpu < milliseconds.cpu ? "webgpu" : "cpu";
      if (faster === "cpu") dismiss();
      return { answer: { backend: faster, adapter: name, milliseconds } };
    } catch (thrown) {
      dismiss();
      const { code, message } = deviceLostError(thrown);
      throw failure(code, message);
    }
  },

  async run({ photo, fit, decoder }) {
    const { wasm, engine } = need();
    const { bitmap, pixels, notes, timings } = await decode(photo, wasm.probe, decoder);
    try {
      const start = performance.now();
      const prepared = engine.prepare(pixels.data, pixels.width, pixels.height, fit);
      const answer = await forward(prepared, { ...timings, prepare: performance.now() - start });
      const { logits, seen } = answer;
      const transfer = [bitmap, logits.buffer, ...(seen === undefined ? [] : [seen.buffer])];
      return { answer: { ...answer, notes, photo: bitmap }, transfer };
    } catch (error) {
      bitmap.close();
      throw error;
    }
  },

  async runTensor({ data, height, width }) {
    const start = performance.now();
    const prepared = need().engine.prepareTensor(data, height, width);
    const answer = await forward(prepared, { read: 0, decode: 0, prepare: performance.now() - start });
    return { answer, transfer: [answer.logits.buffer] };
  },

  async explain({ run: handle, method, target, layer, counterfactual }) {
    const run = storedRun(handle);
    const resolved = resolve(target ?? run.top);
    const start = performance.now();
    const question = { method, target: resolved, layer, counterfactual };
    const { explanation, backend } = await run.explain(
      question,
      () => onCpu(run),
      () => runsAgain(run),
      onLost,
    );
    const answer = answerOf(explanation, resolved, backend, start);
    counts.explanations += 1;
    return { answer, transfer: [answer.data.buffer] };
  },

  randomized(ask) {
    const answer = randomized(onCpu(storedRun(ask.run)), resolve(ask.target), ask);
    counts.forwards += 1;
    counts.explanations += answer.maps.length;
    return { answer, transfer: answer.maps.map(({ map }) => map.data.buffer) };
  },

  identities({ run: handle, target }) {
    const run = storedRun(handle);
    const resolved = resolve(target ?? run.top);
    const found = onCpu(run).identities(resolved.class, resolved.over);
    const answer = found.map(({ residual, layer, ...identity }) => ({
      ...identity,
      residual: residual ?? Number.NaN,
      ...(layer === null ? {} : { layer }),
    }));
    return { answer };
  },

  features({ run }) {
    const answer = onCpu(storedRun(run)).features();
    return { answer, transfer: [answer.buffer] };
  },

  perturb({ run: handle, mask, fill }) {
    const run = onCpu(storedRun(handle));
    const start = performance.now();
    return withWasmObject(run.perturb(mask, fill), (perturbed) => {
      const timings = { forward: performance.now() - start };
      counts.forwards += 1;
      const [logits, probabilities] = [perturbed.logits(), perturbed.probabilities()];
      return { answer: { logits, probabilities, timings }, transfer: [logits.buffer, probabilities.buffer] };
    });
  },

  plan({ run: handle, request }) {
    const { wasm, engine } = need();
    const run = storedRun(handle);
    const answer = planOf(wasm, engine, onCpu(run), request, (target) => resolve(target ?? run.top));
    return { answer, transfer: [answer.job.data.buffer] };
  },

  part(ask) {
    const values = valuesOf(need().engine, ask);
    counts.forwards += ask.end - ask.start;
    return { answer: values, transfer: [values.buffer] };
  },

  finish(ask) {
    const answer = outcomeOf(need().engine, ask);
    if (answer.kind === "curves") return { answer };
    counts.explanations += 1;
    return { answer, transfer: [answer.map.data.buffer] };
  },

  ranking({ map, inputHeight, inputWidth, tile }) {
    return { answer: rankingOf(need().wasm, map, inputHeight, inputWidth, tile) };
  },

  async frame(ask) {
    const { wasm, engine } = need();
    const answer = await explainFrame(wasm, engine, gpu, resolve, onLost, ask);
    counts.forwards += 1;
    counts.explanations += 1;
    const picture = answer.picture === undefined ? [] : [answer.picture];
    return { answer, transfer: [answer.data.buffer, ...picture] };
  },

  async render({ outWidth, outHeight, colormap, opacity, scale, backdrop, ...map }) {
    const rgba = paint(need().wasm, map, [outWidth, outHeight], { colormap, opacity, scale }, backdrop);
    counts.renders += 1;
    const picture = await createImageBitmap(new ImageData(new Uint8ClampedArray(rgba), outWidth, outHeight));
    return { answer: picture, transfer: [picture] };
  },

  findClass({ query }) {
    return { answer: need().engine.findClass(query) };
  },

  stats() {
    const bytes = loaded === undefined ? 0 : otherBytesLoaded(loaded.model) + loaded.file.size;
    return {
      answer: {
        ...counts,
        runs: loaded?.runs.size ?? 0,
        threads: loaded?.wasm.threadsUsed() ?? 1,
        memory: loaded?.memory.buffer.byteLength ?? 0,
        bytes,
      },
    };
  },

  free({ run }) {
    loaded?.runs.free(run);
    return { answer: null };
  },
};

function need(): Loaded {
  if (loaded === undefined) throw failure(codes.internal, "no model is loaded in this worker");
  return loaded;
}

/**
 * Runs the forward pass and stores it under a new handle for `explain`: on the GPU if one is in use and does
 * not fail.
 */
async function forward(prepared: Prepared, before: Omit<RunTimings, "forward">): Promise<RunAnswer> {
  const { engine, classes, runs } = need();
  const { x, y, width, height } = prepared.view;
  const [inputHeight = 0, inputWidth = 0] = prepared.size();
  const seen = prepared.seen();
  const size = { height: inputHeight, width: inputWidth };
  runs.makeRoom(size);
  const start = performance.now();
  const { source, logits, backend } = await ran(prepared);
  const timings = { ...before, forward: performance.now() - start };
  counts.forwards += 1;
  const predictions = engine.predictions(logits, classes);
  const handle = counts.forwards;
  runs.add(handle, new StoredRun(source, size, itemAt(predictions, 0).index));
  const answer = {
    run: handle,
    predictions,
    logits,
    inputWidth,
    inputHeight,
    view: { x, y, width, height },
    backend,
    timings,
  };
  return seen.length === 0 ? answer : { ...answer, seen };
}

/** A forward pass, its logits, and its backend. */
interface Ran {
  readonly source: Source;
  readonly logits: Float32Array;
  readonly backend: Backend;
}

/** Runs the forward pass, and frees the input. */
function ran(prepared: Prepared): Promise<Ran> {
  return withWasmObjectAsync(prepared, async (prepared): Promise<Ran> => {
    const onCpu = (): Ran => {
      const run = need().engine.forward(prepared);
      return { source: run, logits: run.logits(), backend: "cpu" };
    };
    const of = gpu;
    if (of === undefined) return onCpu();
    const onGpu = async (): Promise<Ran> => {
      const input = inputOf(prepared);
      const run = await withGpuTimeout(of.engine.forward(input.data, input.height, input.width));
      return { source: { run, of, input }, logits: run.logits(), backend: "webgpu" };
    };
    return withCpuFallback(onGpu, onCpu, (thrown) => onLost(thrown, of));
  });
}

function onCpu(run: StoredRun): Run {
  return run.cpu(need().engine, () => runsAgain(run));
}

/** Makes room for another forward pass of a run, and counts it. */
function runsAgain(run: StoredRun): void {
  need().runs.makeRoom(run.size, run);
  counts.forwards += 1;
}

/**
 * Switches to the CPU after a GPU failure and tells the page, once; does nothing if another GPU is in use by
 * now.
 */
function onLost(thrown: unknown, of: Gpu): void {
  if (gpu !== of) return;
  dismiss();
  reply({ type: "lost", failure: deviceLostError(thrown) });
}

/** Stops using the GPU; earlier runs keep what they have there. */
function dismiss(): void {
  freeOnGpu(gpu?.engine);
  gpu = undefined;
}

async function unpacked(): Promise<{ graph: Uint8Array; weights: Float32Array }> {
  const { wasm, file } = need();
  return withWasmObject(new wasm.Unpacked(new Uint8Array(await file.arrayBuffer())), (model) => ({
    graph: model.graph(),
    weights: model.weights(),
  }));
}

function storedRun(handle: number): StoredRun {
  const run = need().runs.use(handle);
  if (run === undefined) throw failure(codes.runFreed, "this run was freed; run the photo again");
  return run;
}

function resolve(target: Target): ResolvedTarget {
  if (typeof target !== "object") return { class: classIndex(target) };
  const chosen = classIndex(target.class);
  return target.over === undefined ? { class: chosen } : { class: chosen, over: classIndex(target.over) };
}

/**
 * Resolves a class. Names are looked up by the engine, whose error offers the nearest. Bad numbers are
 * refused here, as wasm would silently turn 1.5 or −1 into another class.
 */
function classIndex(query: ClassQuery): number {
  const { engine, classes } = need();
  if (typeof query === "string") return engine.findClass(query);
  if (Number.isInteger(query) && query >= 0 && query < classes) return query;
  throw failure(codes.unknownClass, `unknown class ${query}; this model has classes 0 to ${classes - 1}`);
}

function reply<K extends CallKind>(message: Reply<K>, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

async function answer<K extends CallKind>({ kind, ask }: Request<K>): Promise<void> {
  try {
    const { answer, transfer } = await handlers[kind](ask);
    reply<K>({ type: "answer", answer }, transfer);
  } catch (error) {
    reply({ type: "failure", failure: toFailure(error, loaded?.runs.size) });
  }
}

self.addEventListener("message", (event: MessageEvent<Request>) => void answer(event.data));
