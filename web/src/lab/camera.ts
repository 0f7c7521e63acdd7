/** The camera: a dialog that explains what it sees as it moves, and one still picture out of it. */
import { type Candling, CandlingError } from "../candling.js";
import { percent } from "../words/numbers.js";
import { sentence } from "../words/sentence.js";
import { byId } from "./dom.js";

/** The cost of a frame grows with its size; the network looks at 224×224 of it. */
const CAMERA = { facingMode: "environment", width: { ideal: 640 }, height: { ideal: 480 } };

const dialog = byId("camera-dialog", HTMLDialogElement);
const video = byId("camera-video", HTMLVideoElement);
const text = byId("camera-text", HTMLElement);
const reading = byId("camera-reading", HTMLElement);
const take = byId("camera-take", HTMLButtonElement);
const explain = byId("camera-explain", HTMLInputElement);

byId("camera-cancel", HTMLButtonElement).addEventListener("click", () => dialog.close());

/** Where frames are shown; a fresh one for each time, as a canvas is given to a stream for life. */
let canvas = byId("camera-live", HTMLCanvasElement);

/** The picture, or nothing if the visitor thinks better of it. The camera is off again in both cases. Once the network is there, it
 *  explains each frame. */
export async function takePhoto(network: Promise<Candling>, colours: () => { colormap: string; opacity: number }): Promise<ImageBitmap | undefined> {
  take.disabled = true;
  text.textContent = "Waiting for the camera…";
  reading.textContent = "\u00a0";
  dialog.showModal();
  const done = new AbortController();
  const { signal } = done;
  const picture = new Promise<ImageBitmap | undefined>((resolve) => {
    dialog.addEventListener("close", () => resolve(undefined), { signal });
    take.addEventListener("click", () => resolve(createImageBitmap(video)), { signal });
  });
  void show(signal).then((running) => {
    if (running) void follow(network, colours, signal);
  });
  try {
    return await picture;
  } finally {
    done.abort();
    if (dialog.open) dialog.close();
  }
}

/** Whether there is a picture to look at. */
async function show(signal: AbortSignal): Promise<boolean> {
  try {
    if (navigator.mediaDevices === undefined) {
      throw new Error("Browsers give pages a camera only over https or on localhost. Choose a file instead.");
    }
    const stream = await navigator.mediaDevices.getUserMedia({ video: CAMERA });
    const stop = () => {
      for (const track of stream.getTracks()) track.stop();
      video.srcObject = null;
    };
    if (signal.aborted) {
      stop();
      return false;
    }
    signal.addEventListener("abort", stop);
    video.srcObject = stream;
    await video.play();
    text.textContent = "";
    take.disabled = false;
    take.focus();
    return !signal.aborted;
  } catch (error) {
    if (!signal.aborted) text.textContent = refusal(error);
    return false;
  }
}

/** Explains frames for as long as the box is ticked and the dialog open. */
async function follow(network: Promise<Candling>, colours: () => { colormap: string; opacity: number }, signal: AbortSignal): Promise<void> {
  const candling = await network;
  while (!signal.aborted) {
    if (explain.checked) await stream(candling, colours(), AbortSignal.any([signal, unticked(signal)]));
    else await new Promise((resolve) => {
      explain.addEventListener("change", resolve, { once: true, signal });
      signal.addEventListener("abort", resolve, { once: true });
    });
  }
}

async function stream(candling: Candling, colours: { colormap: string; opacity: number }, signal: AbortSignal): Promise<void> {
  const fresh = canvas.cloneNode() as HTMLCanvasElement;
  canvas.replaceWith(fresh);
  canvas = fresh;
  try {
    await candling.live({
      source: video,
      canvas,
      ...colours,
      signal,
      onFrame({ predictions, fps, target, max }) {
        canvas.hidden = false;
        const [best] = predictions;
        if (best === undefined) return;
        reading.textContent = `${best.label}, ${percent(best.probability)} · ${fps.toFixed(0)} frames a second`;
        Object.assign(canvas.dataset, { target: target.class, max, fps });
      },
    });
  } catch (error) {
    explain.checked = false;
    text.textContent = sentence(error instanceof CandlingError ? error.message : error);
  } finally {
    canvas.hidden = true;
    reading.textContent = "\u00a0";
  }
}

/** Aborted when the box is unticked. */
function unticked(signal: AbortSignal): AbortSignal {
  const over = new AbortController();
  explain.addEventListener("change", () => over.abort(), { once: true, signal });
  return over.signal;
}

function refusal(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError") return "The camera was refused. Allow it in the browser's settings for this site, or choose a file instead.";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "There is no camera on this device. Choose a file instead.";
  if (name === "NotReadableError") return "Another program has the camera. Close that one and try again, or choose a file instead.";
  return error instanceof Error ? error.message : String(error);
}
