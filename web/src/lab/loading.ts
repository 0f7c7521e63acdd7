/** The network's corner of the page: progress while it loads, a button to cancel, and another try. */
import { type BackendState, Candling } from "../candling.js";
import { fetched, megabytes } from "../words/numbers.js";
import { sentence } from "../words/sentence.js";
import { chosenBackend, followBackend, tellBackend } from "./backend.js";
import { byId } from "../dom/page.js";
import { announce } from "../dom/message.js";
import { fileOf } from "./weights.js";
import { hasCode } from "./words.js";

const corner = byId("loading", HTMLElement);
const text = byId("loading-text", HTMLElement);
const bar = byId("loading-bar", HTMLProgressElement);
const button = byId("loading-button", HTMLButtonElement);

const OFFLINE =
  "There is no connection, and the network is not kept on this device yet. Try again when there is one.";

/** Resolves once the network is loaded, however many tries that takes. */
export async function loadNetwork(model: Promise<string>): Promise<Candling> {
  for (;;) {
    try {
      return await attempt(model);
    } catch (error) {
      text.textContent = hasCode(error, "aborted")
        ? "The network was not loaded."
        : navigator.onLine
          ? sentence(error)
          : OFFLINE;
      corner.dataset.state = "stopped";
      button.textContent = hasCode(error, "aborted") ? "Load it" : "Try again";
      announce(text.textContent);
      await pressed(new AbortController().signal);
    }
  }
}

async function attempt(model: Promise<string>): Promise<Candling> {
  const cancel = new AbortController();
  const loaded = new AbortController();
  corner.dataset.state = "loading";
  button.disabled = false;
  text.textContent = "Loading the network…";
  button.textContent = "Cancel";
  bar.removeAttribute("value");
  void pressed(loaded.signal).then(() => cancel.abort());
  let size = 0;
  try {
    const candling = await Candling.load({
      model: await fileOf(await model),
      backend: chosenBackend(),
      onBackend: tellBackend,
      signal: cancel.signal,
      onProgress({ loaded, total }) {
        // after a crash it is loaded again, in the background
        if (corner.dataset.state === "ready") return;
        size = loaded;
        const all = loaded === total && chosenBackend() === "webgpu";
        text.textContent = all
          ? "Waking the graphics card…"
          : `Loading the network: ${fetched(loaded, total)}`;
        if (total !== undefined) {
          bar.max = total;
          bar.value = loaded;
        }
      },
    });
    corner.dataset.state = "ready";
    size ||= candling.file.size;
    const ready = ({ backend, reason }: BackendState) => {
      const where =
        backend === "webgpu"
          ? "on your graphics card"
          : reason === "failed"
            ? "without the card, which failed"
            : "in this tab";
      text.textContent = `${candling.info.name}, ${megabytes(size)} MB, ${where}`;
    };
    ready(candling.backend);
    followBackend(ready);
    return candling;
  } finally {
    loaded.abort();
  }
}

function pressed(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => button.addEventListener("click", resolve, { once: true, signal }));
}
