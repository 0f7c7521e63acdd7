/** Sources of photos: drop, paste, file, camera, link, and our samples. */
import { Candling, type PhotoSource } from "../candling.js";
import { handOver, labWithOwn } from "../site/handover.js";
import { sentence } from "../words/sentence.js";
import { Camera } from "./camera.js";
import type { Colours } from "./camera-view.js";
import { byId, make } from "../dom/page.js";
import { askForLink } from "./link-dialog.js";
import { showMessage } from "../dom/message.js";

/** A photo, with its title and origin. */
export interface LabPhoto {
  readonly source: PhotoSource;
  readonly title: string;
  readonly credit: string;
  /** The file, if it is one of our samples. */
  readonly sample?: string;
  /** Its address, if it came by a link. */
  readonly link?: string;
}

/** An entry of `www/samples/samples.json`. */
export interface Sample {
  readonly file: string;
  readonly title: string;
  /** Size in pixels. */
  readonly width: number;
  readonly height: number;
  readonly composite: boolean;
  readonly credit: string;
}

type Open = (picture: LabPhoto) => void;

const YOURS = "Your own photo; it stays on this device.";

/** Listens to all sources but the samples. */
export function listenForPhotos(network: Promise<Candling>, colours: Colours, open: Open): void {
  const openFile = (file: File) => {
    if (/\.safetensors$/i.test(file.name)) return void openModel(file);
    open({ source: file, title: file.name || "Your photo", credit: YOURS });
  };

  const chooser = byId("file", HTMLInputElement);
  byId("choose", HTMLButtonElement).addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", () => {
    const file = chooser.files?.[0];
    if (file !== undefined) openFile(file);
    chooser.value = ""; // so that the same file can be chosen again
  });

  document.addEventListener("paste", ({ clipboardData, target }) => {
    const file = clipboardData?.files[0];
    if (file !== undefined) return openFile(file);
    // a link that is pasted into a field belongs to the field
    const address = clipboardData?.getData("text/plain").trim() ?? "";
    if (!(target instanceof HTMLInputElement) && isLink(address)) askForLink(open, address);
  });
  byId("paste", HTMLButtonElement).addEventListener("click", () => void paste(open));

  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) document.body.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) return openFile(file);
    const address = event.dataTransfer?.getData("text/uri-list").split("\n")[0]?.trim() ?? "";
    if (isLink(address)) askForLink(open, address);
    else showMessage("That was neither a file nor a link. Drop a picture's file, or choose one.");
  });

  const camera = new Camera(network, colours);
  byId("camera", HTMLButtonElement).addEventListener("click", async () => {
    const source = await camera.takePhoto();
    if (source !== undefined) open({ source, title: "From your camera", credit: YOURS });
  });
  byId("link", HTMLButtonElement).addEventListener("click", () => askForLink(open));
}

/** Reloads the page with a model, if the file is one; otherwise what is shown stays. */
async function openModel(file: File): Promise<void> {
  try {
    showMessage(`Opening ${file.name}…`);
    (await Candling.load({ model: file, backend: "cpu" })).close();
    await handOver(file);
    location.href = labWithOwn();
  } catch (error) {
    showMessage(sentence(error));
  }
}

function isLink(text: string): boolean {
  return /^(https?|data|blob):/i.test(text) && URL.canParse(text);
}

async function paste(open: Open): Promise<void> {
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((type) => type.startsWith("image/"));
      if (type !== undefined)
        return open({ source: await item.getType(type), title: "From the clipboard", credit: YOURS });
      if (!item.types.includes("text/plain")) continue;
      const address = (await (await item.getType("text/plain")).text()).trim();
      if (isLink(address)) return askForLink(open, address);
    }
    showMessage("There is no picture on the clipboard. Copy one, then paste it here.");
  } catch {
    // touch screens have no such key
    const instead = matchMedia("(pointer: coarse)").matches
      ? "Save the picture and choose it, or use its link,"
      : "Press Ctrl+V (on a Mac ⌘V)";
    showMessage(`The browser does not let this page read the clipboard. ${instead} instead.`);
  }
}

const list = byId("samples", HTMLUListElement);

/** Lists our own photos, and returns them. */
export async function showSamples(open: (sample: Sample) => void): Promise<readonly Sample[]> {
  let samples: readonly Sample[];
  try {
    samples = await (await fetched("samples/samples.json")).json();
  } catch (error) {
    showMessage(sentence(error));
    return [];
  }
  list.replaceChildren(
    ...samples.map((sample) => {
      const image = make("img", {
        width: 56,
        height: 56,
        decoding: "async",
        alt: sample.title,
        src: `samples/thumbs/${encodeURIComponent(sample.file)}`,
      });
      const button = make("button", { type: "button", title: sample.title }, image);
      button.dataset.file = sample.file;
      button.addEventListener("click", () => open(sample));
      return make("li", {}, button);
    }),
  );
  return samples;
}

/** Marks the sample that is shown; none, for a photo of the visitor's. */
export function markSample(file: string | undefined): void {
  for (const button of list.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.file === file));
  }
}

export async function fetchSample(sample: Sample): Promise<LabPhoto> {
  const { file, title, composite, credit } = sample;
  const source = await (await fetched(`samples/${encodeURIComponent(file)}`)).blob();
  return { source, title, credit: composite ? `A composite. ${credit}` : credit, sample: file };
}

async function fetched(url: string): Promise<Response> {
  const response = await fetch(url).catch(() => undefined);
  if (response?.ok) return response;
  throw new Error(
    `the file ${url} could not be loaded${response === undefined ? "" : ` (the server answered ${response.status})`}`,
  );
}
