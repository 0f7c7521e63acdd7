/**
 * One frame of a live stream: pixels, forward pass, Grad-CAM, colours, all in the worker.
 *
 * One canvas serves all frames, and each twice: the frame is drawn on it to read its pixels, then the heatmap
 * over the frame. It lives in main memory (`willReadFrequently`), because its pixels are needed there anyway.
 */
import type { Engine, Explanation } from "../candling_wasm.js";
import {
  type Answer,
  type Ask,
  type Backdrop,
  type Backend,
  codes,
  type MapData,
  type Prediction,
  type ResolvedTarget,
  type Target,
  type View,
} from "../protocol.js";
import { type Gpu, withCpuFallback, withGpuTimeout, freeOnGpu } from "./gpu.js";
import type { Wasm } from "./engine.js";
import { failure, withWasmObject, withWasmObjectAsync } from "./failure.js";
import { paint as painted } from "./paint.js";
import { pixelsOf } from "./pixels.js";
import { inputOf } from "./run.js";
import { itemAt } from "../platform/known.js";

/**
 * Number of predictions for each frame: a thousand objects a frame would cost more than the backward pass.
 */
const NAMED = 5;

/**
 * Longest side of the heatmap, in pixels: few cells are smooth at this size already, and the canvas enlarges
 * them faster than the engine.
 */
const SMOOTH = 256;

interface Canvases {
  readonly frame: OffscreenCanvasRenderingContext2D;
  readonly heat: OffscreenCanvasRenderingContext2D;
}

let canvases: Canvases | undefined;

/** The explanation of a frame; the map is still in its wasm. */
interface Found {
  readonly predictions: readonly Prediction[];
  readonly target: ResolvedTarget;
  readonly explanation: Explanation;
  readonly backend: Backend;
  readonly forward: number;
}

/**
 * Explains a frame. `resolve` finds a target's classes. With a GPU the frame is explained there; if it failed
 * and the CPU took over, `onLost` gets the error. The frame is closed in any case.
 */
export async function explainFrame(
  wasm: Wasm,
  engine: Engine,
  gpu: Gpu | undefined,
  resolve: (target: Target) => ResolvedTarget,
  onLost: (thrown: unknown, of: Gpu) => void,
  { frame, fit, target, layer, paint }: Ask<"frame">,
): Promise<Answer<"frame">> {
  const lap = stopwatch();
  const on = (canvases ??= { frame: canvas(), heat: canvas() });
  const { data, width, height } = await drawn(frame, on.frame);
  const decode = lap();
  const prepared = engine.prepare(
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    width,
    height,
    fit,
  );
  const prepare = lap();
  const { x, y, width: across, height: down } = prepared.view;
  const view = { x, y, width: across, height: down };
  const [inputHeight = 0, inputWidth = 0] = prepared.size();
  const backdrop: Backdrop = {
    seen: prepared.seen(),
    width: inputWidth,
    height: inputHeight,
    area: [0, 0, inputWidth, inputHeight],
  };
  const targetOf = (predictions: readonly Prediction[]) =>
    target === undefined ? { class: itemAt(predictions, 0).index } : resolve(target);

  const onGpu = async (of: Gpu): Promise<Found> => {
    const input = inputOf(prepared);
    const run = await withGpuTimeout(of.engine.forwardTo(input.data, input.height, input.width, layer));
    try {
      const predictions = engine.predictions(run.logits(), NAMED);
      const forward = lap();
      const resolved = targetOf(predictions);
      const explanation = await withGpuTimeout(
        run.explain("grad-cam", resolved.class, resolved.over, layer, false),
      );
      return { predictions, target: resolved, explanation, backend: "webgpu", forward };
    } finally {
      freeOnGpu(run);
    }
  };
  const onCpu = (): Found =>
    withWasmObject(engine.forwardTo(prepared, layer), (run) => {
      const predictions = run.predictions(NAMED);
      const forward = lap();
      const resolved = targetOf(predictions);
      const explanation = run.explain("grad-cam", resolved.class, resolved.over, layer, false);
      return { predictions, target: resolved, explanation, backend: "cpu", forward };
    });

  const explained = async () =>
    gpu === undefined
      ? onCpu()
      : withCpuFallback(
          () => onGpu(gpu),
          onCpu,
          (thrown) => onLost(thrown, gpu),
        );
  const {
    predictions,
    target: resolved,
    explanation,
    backend,
    forward,
  } = await withWasmObjectAsync(prepared, explained);
  return withWasmObject(explanation, (found) => {
    const map = { data: found.data(), channels: found.channels, height: found.height, width: found.width };
    const backward = lap();
    const picture = paint === undefined ? {} : { picture: overlay(wasm, map, view, paint, backdrop, on) };
    return {
      ...map,
      ...picture,
      max: found.max,
      target: resolved,
      layer: found.layer ?? "",
      predictions,
      frame: { width, height },
      view,
      backend,
      timings: { decode, prepare, forward, backward, paint: lap() },
    };
  });
}

/** Draws the frame and reads its pixels. */
async function drawn(
  frame: ImageBitmap | VideoFrame,
  context: OffscreenCanvasRenderingContext2D,
): Promise<ImageData> {
  try {
    const { width, height } =
      frame instanceof ImageBitmap ? frame : { width: frame.displayWidth, height: frame.displayHeight };
    if (width * height === 0) throw failure(codes.corruptImage, `the frame is empty (${width}×${height})`);
    resize(context, width, height);
    context.globalCompositeOperation = "copy";
    context.drawImage(frame, 0, 0, width, height);
    return await pixelsOf(frame, context);
  } finally {
    frame.close();
  }
}

/** Paints the map over the part of the frame that the network saw. */
function overlay(
  wasm: Wasm,
  map: MapData,
  view: View,
  paint: NonNullable<Ask<"frame">["paint"]>,
  backdrop: Backdrop,
  { frame, heat }: Canvases,
): ImageBitmap {
  const across = Math.min(view.width, SMOOTH);
  const down = Math.min(view.height, SMOOTH);
  const rgba = painted(wasm, map, [across, down], paint, backdrop);
  resize(heat, across, down);
  heat.putImageData(new ImageData(new Uint8ClampedArray(rgba), across, down), 0, 0);
  // white, as that is what the network sees behind transparent pixels
  frame.globalCompositeOperation = "destination-over";
  frame.fillStyle = "#fff";
  frame.fillRect(0, 0, frame.canvas.width, frame.canvas.height);
  frame.globalCompositeOperation = "source-over";
  frame.drawImage(heat.canvas, view.x, view.y, view.width, view.height);
  return frame.canvas.transferToImageBitmap();
}

function canvas(): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  if (context === null) throw failure(codes.internal, "the browser has no canvas in workers");
  return context;
}

/** Sets the size of a canvas only if it changes: setting it clears the canvas and allocates new memory. */
function resize({ canvas }: OffscreenCanvasRenderingContext2D, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/** Returns a function that gives the milliseconds since its last call. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const before = last;
    last = performance.now();
    return last - before;
  };
}
