/** The camera: a dialog with a preview, and one still picture out of it. */
import { byId } from "./dom.js";

const dialog = byId("camera-dialog", HTMLDialogElement);
const video = byId("camera-video", HTMLVideoElement);
const text = byId("camera-text", HTMLElement);
const take = byId("camera-take", HTMLButtonElement);

byId("camera-cancel", HTMLButtonElement).addEventListener("click", () => dialog.close());

/** The picture, or nothing if the visitor thinks better of it. The camera is off again in both cases. */
export async function takePhoto(): Promise<ImageBitmap | undefined> {
  take.disabled = true;
  text.textContent = "Waiting for the camera…";
  dialog.showModal();
  const done = new AbortController();
  const { signal } = done;
  const picture = new Promise<ImageBitmap | undefined>((resolve) => {
    dialog.addEventListener("close", () => resolve(undefined), { signal });
    take.addEventListener("click", () => resolve(createImageBitmap(video)), { signal });
  });
  void show(signal);
  try {
    return await picture;
  } finally {
    done.abort();
    if (dialog.open) dialog.close();
  }
}

async function show(signal: AbortSignal): Promise<void> {
  try {
    if (navigator.mediaDevices === undefined) {
      throw new Error("Browsers give pages a camera only over https or on localhost. Choose a file instead.");
    }
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const stop = () => {
      for (const track of stream.getTracks()) track.stop();
      video.srcObject = null;
    };
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop);
    video.srcObject = stream;
    await video.play();
    text.textContent = "";
    take.disabled = false;
    take.focus();
  } catch (error) {
    if (!signal.aborted) text.textContent = refusal(error);
  }
}

function refusal(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError") return "The camera was refused. Allow it in the browser's settings for this site, or choose a file instead.";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "There is no camera on this device. Choose a file instead.";
  if (name === "NotReadableError") return "Another program has the camera. Close that one and try again, or choose a file instead.";
  return error instanceof Error ? error.message : String(error);
}
