/**
 * Candling's engine through its wasm-bindgen facade.
 *
 * `?build=` names the folder of the build, `?threads=` the size of its pool, `?model=` the model's address
 * and `?sizes=` the sides of square inputs: `forward@256` is the forward pass over 256×256.
 */
import { SIZE, TARGET_CLASS, input, query, threads, timed } from "./operations.mjs";

const CAM_LAYER = "head";

async function start() {
  const folder = `/lib/${query.get("build")}`;
  const wasm = await import(`${folder}/candling_wasm.js`);
  const { memory } = await wasm.default({ module_or_path: `${folder}/candling_wasm_bg.wasm` });
  if (threads > 1) await wasm.initThreadPool(threads - 1);
  const model = await (
    await fetch(query.get("model") ?? "/models/efficientnet-lite0.safetensors")
  ).arrayBuffer();
  const engine = new wasm.Engine(new Uint8Array(model));
  const photo = await input();

  const operations = {
    forward: () => forward(engine, photo, SIZE, (run) => run.logits()),
    "grad-cam": () =>
      forward(engine, photo, SIZE, (run) => explain(run, "grad-cam", TARGET_CLASS, CAM_LAYER)),
    "guided-backprop": () =>
      forward(engine, photo, SIZE, (run) => explain(run, "guided-backprop", TARGET_CLASS)),
    "second-class": secondClass(engine, photo),
  };
  for (const side of (query.get("sizes") ?? "").split(",").filter(Boolean).map(Number)) {
    const values = Float32Array.from({ length: 3 * side * side }, (_, i) => photo[i % photo.length]);
    operations[`forward@${side}`] = () => forward(engine, values, side, (run) => run.logits());
  }
  return {
    ...timed(operations),
    ready: () => null,
    memory: () => memory.buffer.byteLength,
    profile: (rounds) => profile(engine, photo, rounds),
  };
}

/** Runs the network over `values` and returns what `use` makes of the recorded pass. */
function forward(engine, values, side, use) {
  const prepared = engine.prepareTensor(values, side, side);
  const run = engine.forward(prepared);
  const answer = use(run);
  run.free();
  prepared.free();
  return answer;
}

function explain(run, method, target, layer) {
  const explanation = run.explain(method, target, undefined, layer, false);
  const map = explanation.data();
  explanation.free();
  return map;
}

/**
 * Grad-CAM on a photo whose forward pass is there, of another class at every call, so that nothing kept for
 * one class can serve the next. Begins with the class that has a reference.
 */
function secondClass(engine, photo) {
  const { classes } = engine.info();
  let kept;
  let next = TARGET_CLASS;
  return () => {
    kept ??= engine.forward(engine.prepareTensor(photo, SIZE, SIZE));
    const map = explain(kept, "grad-cam", next, CAM_LAYER);
    next = (next + 1) % classes;
    return map;
  };
}

/** Milliseconds per layer, forward and backward, medians over `rounds`. */
function profile(engine, photo, rounds) {
  const prepared = engine.prepareTensor(photo, SIZE, SIZE);
  const layers = engine.profile(prepared, rounds);
  prepared.free();
  return layers;
}

/** the listener is set before anything is awaited, as a message without one is lost */
const started = start();
self.addEventListener("message", async ({ data: { name, args } }) => {
  try {
    self.postMessage({ answer: await (await started)[name](...args) });
  } catch (error) {
    self.postMessage({ error: String(error?.stack ?? error) });
  }
});
