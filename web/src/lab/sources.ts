/** Where photos come from: drop, paste, choose, camera, and our samples. */
import { byId } from "./dom.js";
import { takePhoto } from "./camera.js";
import { say } from "./message.js";
import { sentence } from "./words.js";
import type { PhotoSource } from "../candling.js";

/** A photo and what the page says of it. */
export interface Picture {
  readonly source: PhotoSource;
  readonly title: string;
  readonly credit: string;
  /** The file, if it is one of our samples. */
  readonly sample?: string;
}

/** As in `www/samples/samples.json`. */
export interface Sample {
  readonly file: string;
  readonly title: string;
  readonly composite: boolean;
  readonly credit: string;
}

type Open = (picture: Picture) => void;

const YOURS = "Your own photo; it stays on this device.";

/** All but the samples. */
export function listenForPhotos(open: Open): void {
  const openFile = (file: File) => open({ source: file, title: file.name || "Your photo", credit: YOURS });

  const chooser = byId("file", HTMLInputElement);
  byId("choose", HTMLButtonElement).addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", () => {
    const file = chooser.files?.[0];
    if (file !== undefined) openFile(file);
    chooser.value = ""; // so that the same file can be chosen again
  });

  document.addEventListener("paste", ({ clipboardData }) => {
    const file = clipboardData?.files[0];
    if (file !== undefined) openFile(file);
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
    if (file !== undefined) openFile(file);
    else say("That was no file. Pictures of other sites are not fetched: save the picture, then drop the file.");
  });

  byId("camera", HTMLButtonElement).addEventListener("click", async () => {
    const source = await takePhoto();
    if (source !== undefined) open({ source, title: "From your camera", credit: YOURS });
  });
}

async function paste(open: Open): Promise<void> {
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((type) => type.startsWith("image/"));
      if (type === undefined) continue;
      open({ source: await item.getType(type), title: "From the clipboard", credit: YOURS });
      return;
    }
    say("There is no picture on the clipboard. Copy one, then paste it here.");
  } catch {
    say("The browser does not let this page read the clipboard. Press Ctrl+V (on a Mac ⌘V) instead.");
  }
}

const list = byId("samples", HTMLUListElement);

/** Shows our own photos; returns the first, which the page opens with. */
export async function showSamples(open: (sample: Sample) => void): Promise<Sample | undefined> {
  let samples: readonly Sample[];
  try {
    samples = await (await fetched("samples/samples.json")).json();
  } catch (error) {
    say(sentence(error));
    return undefined;
  }
  list.replaceChildren(
    ...samples.map((sample) => {
      const image = new Image(56, 56);
      image.loading = "lazy";
      image.decoding = "async";
      image.alt = sample.title;
      image.src = address(sample);
      const button = document.createElement("button");
      button.type = "button";
      button.title = sample.title;
      button.dataset.file = sample.file;
      button.append(image);
      button.addEventListener("click", () => open(sample));
      const item = document.createElement("li");
      item.append(button);
      return item;
    }),
  );
  return samples[0];
}

/** Marks the sample that is shown; none, for a photo of the visitor's. */
export function markSample(file: string | undefined): void {
  for (const button of list.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.file === file));
  }
}

export async function fetchSample(sample: Sample): Promise<Picture> {
  const source = await (await fetched(address(sample))).blob();
  const { file, title, composite, credit } = sample;
  return { source, title, credit: composite ? `A composite of several photographs. ${credit}` : credit, sample: file };
}

function address({ file }: Sample): string {
  return `samples/${encodeURIComponent(file)}`;
}

async function fetched(url: string): Promise<Response> {
  const response = await fetch(url).catch(() => undefined);
  if (response?.ok) return response;
  throw new Error(`${url} could not be loaded${response === undefined ? "" : ` (the server answered ${response.status})`}`);
}
