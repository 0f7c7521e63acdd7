/** One photo, large: its map, what is asked of it, and the regions that are marked in it. */
import { evidenceIn, light, type Measured } from "../bias/examine.js";
import type { Mask } from "../bias/mask.js";
import type { Candling, Explanation, Run } from "../candling.js";
import { announceAtRest, say } from "../dom/message.js";
import { byId, fillOptions } from "../dom/page.js";
import { gist, reading } from "../words/maps.js";
import { methodName } from "../words/methods.js";
import { percent } from "../words/numbers.js";
import { sentence } from "../words/sentence.js";
import { Confirmed } from "./confirmed.js";
import type { Network } from "./network.js";
import { Pane } from "./pane.js";
import { maskIn, type Photo, type PhotoClass } from "./photo.js";
import { ask, listenForQuestions, offer } from "./question.js";
import type { Session } from "./session.js";
import { drawBitmap } from "./thumbs.js";
import { count, wasAborted } from "./words.js";

/** The longest side of what is painted, in pixels. */
const SIDE = 1024;

/** A photo in the viewer. */
interface Shown {
  readonly photo: Photo;
  readonly end: AbortController;
  run?: Run;
  map?: Explanation;
}

export class Viewer {
  readonly #session: Session;
  readonly #network: Network;
  readonly #dialog = byId("viewer", HTMLDialogElement);
  readonly #picture = byId("picture", HTMLCanvasElement);
  readonly #heat = byId("heat", HTMLInputElement);
  readonly #status = byId("viewer-status", HTMLElement);
  readonly #regions = byId("viewer-region", HTMLSelectElement);
  readonly #pane = new Pane();
  #among: readonly Photo[] = [];
  #shown: Shown | undefined;
  #measuring = 0;

  constructor(session: Session, network: Network) {
    this.#session = session;
    this.#network = network;
    listenForQuestions(() => void this.#answer());
    this.#heat.addEventListener("change", () => void this.#paint());
    this.#pane.onChange = (mask, final) => this.#marked(mask, final);
    byId("viewer-close", HTMLButtonElement).addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("close", () => this.#leave());
    byId("previous", HTMLButtonElement).addEventListener("click", () => this.#step(-1));
    byId("next", HTMLButtonElement).addEventListener("click", () => this.#step(1));
    byId("region-clear", HTMLButtonElement).addEventListener("click", () => this.#unmark());
    byId("region-class", HTMLButtonElement).addEventListener("click", () => this.#markAll(true));
    byId("region-all", HTMLButtonElement).addEventListener("click", () => this.#markAll(false));
    this.#regions.addEventListener("change", () => {
      const chosen = session.regions.find(({ id }) => String(id) === this.#regions.value);
      if (chosen !== undefined) session.region = chosen;
      this.#showRegion();
    });
    const remove = byId("remove-photo", HTMLButtonElement);
    new Confirmed(remove, () => "Remove it from the session?", () => this.#remove());
  }

  /** Opens a photo; `among` are those that previous and next go through. */
  open(photo: Photo, among: readonly Photo[]): void {
    this.#among = among;
    if (!this.#dialog.open) this.#dialog.showModal();
    void this.#show(photo);
  }

  async #show(photo: Photo): Promise<void> {
    this.#leave();
    const shown: Shown = { photo, end: new AbortController() };
    this.#shown = shown;
    const at = this.#among.indexOf(photo);
    const of = this.#session.classOf(photo);
    byId("viewer-title", HTMLElement).textContent = photo.name;
    byId("previous", HTMLButtonElement).disabled = at <= 0;
    byId("next", HTMLButtonElement).disabled = at >= this.#among.length - 1;
    byId("region-class", HTMLButtonElement).textContent = `For all of ${of?.name || "this class"}`;
    const facts = [of?.name || "a class without a name", photo.group, this.#session.isHeldOut(photo) ? "held out" : ""];
    this.#facts = facts.filter((part) => part !== "").join(" · ");
    this.#status.textContent = photo.unreadable ?? "";
    byId("share", HTMLElement).textContent = "\u00a0";
    try {
      const size = await this.#drawPhoto(shown);
      if (size === undefined) return;
      this.#size = size;
      this.#showRegion();
      await this.#look(shown);
    } catch (error) {
      if (!wasAborted(error) && !shown.end.signal.aborted) this.#status.textContent = sentence(error);
    }
  }

  #size = { width: 1, height: 1 };

  set #facts(words: string) {
    byId("says", HTMLElement).textContent = words;
  }

  /** The photo alone, before the network has looked. */
  async #drawPhoto({ photo, end }: Shown): Promise<{ readonly width: number; readonly height: number } | undefined> {
    const bitmap = await createImageBitmap(photo.blob).catch(() => undefined);
    if (end.signal.aborted) return bitmap?.close(), undefined;
    const { width, height } = bitmap ?? { width: 4, height: 3 };
    byId("canvas-box", HTMLElement).style.setProperty("--ratio", String(width / height));
    this.#picture.ariaLabel = `The photo ${photo.name}`;
    if (bitmap === undefined) {
      Object.assign(this.#picture, { width, height });
      this.#status.textContent = photo.unreadable ?? "The browser cannot read this file as a picture.";
      this.#pane.show(undefined, width, height);
      return undefined;
    }
    const scale = Math.min(1, SIDE / Math.max(width, height));
    const small = await createImageBitmap(bitmap, { resizeWidth: Math.max(1, Math.round(width * scale)), resizeHeight: Math.max(1, Math.round(height * scale)) });
    bitmap.close();
    if (end.signal.aborted) return small.close(), undefined;
    drawBitmap(this.#picture, small);
    return { width, height };
  }

  async #look(shown: Shown): Promise<void> {
    const { model } = this.#session;
    if (model === undefined) {
      offer(undefined);
      this.#status.textContent = "Train a model to see where it looks. Regions can be marked already.";
      return;
    }
    const candling = await this.#network.judge(model);
    const run = await candling.run(shown.photo.blob, { signal: shown.end.signal });
    if (shown.end.signal.aborted) return run.free();
    shown.run = run;
    offer(candling);
    this.#tell(candling, run);
    await this.#answer();
  }

  #tell({ labels }: Candling, { predictions }: Run): void {
    const says = predictions.slice(0, 3).map(({ index, probability }) => `${labels[index] ?? ""} ${percent(probability)}`);
    this.#facts = `${byId("says", HTMLElement).textContent} · the model says ${says.join(", ")}`;
  }

  /** Another question about the same photo: no forward pass. */
  async #answer(): Promise<void> {
    const shown = this.#shown;
    if (shown?.run === undefined) return;
    try {
      shown.map = await ask(shown.run, shown.end.signal);
      if (this.#shown !== shown) return;
      this.#status.textContent = "";
      await this.#paint();
      this.#measure();
    } catch (error) {
      if (this.#shown === shown && !wasAborted(error)) this.#status.textContent = sentence(error);
    }
  }

  async #paint(): Promise<void> {
    const shown = this.#shown;
    const { map, photo } = shown ?? {};
    if (shown === undefined || map === undefined || photo === undefined) return;
    if (!this.#heat.checked) return void (await this.#drawPhoto(shown));
    if (await light(this.#picture, map, SIDE)) {
      this.#picture.ariaLabel = gist(methodName(map), this.#session.model?.labels[map.target.class] ?? "", map);
      this.#picture.dataset.map = `${map.method} ${map.layer ?? ""} ${map.target.class} ${map.target.over ?? ""}`;
    }
  }

  // ---- the region ----

  #showRegion(): void {
    const { regions, region } = this.#session;
    fillOptions(this.#regions, regions.map(({ id, name }) => [String(id), name] as const));
    this.#regions.value = String(region.id);
    byId("tool-region", HTMLElement).textContent = region.name;
    const shown = this.#shown;
    if (shown === undefined) return;
    this.#pane.show(maskIn(shown.photo, region), this.#size.width, this.#size.height);
    this.#hint();
    this.#measure();
  }

  #hint(): void {
    const { region } = this.#session;
    const photo = this.#shown?.photo;
    const words = photo === undefined || photo.masks.has(region.id) ? "" : maskIn(photo, region) === undefined ? "Nothing is marked here yet." : "The same place as in the others; mark another to change it here only.";
    byId("region-hint", HTMLElement).textContent = words === "" ? "\u00a0" : words;
  }

  #marked(mask: Mask, final: boolean): void {
    const shown = this.#shown;
    if (shown === undefined) return;
    if (final) {
      this.#session.mark(shown.photo, this.#session.region, mask);
      this.#hint();
    }
    this.#measure(mask);
  }

  #unmark(): void {
    const photo = this.#shown?.photo;
    if (photo === undefined) return;
    this.#session.mark(photo, this.#session.region, undefined);
    this.#showRegion();
  }

  #markAll(ofClass: boolean): void {
    const photo = this.#shown?.photo;
    const { region } = this.#session;
    const mask = photo === undefined ? undefined : maskIn(photo, region);
    const of = photo === undefined ? undefined : this.#session.classOf(photo);
    const hint = byId("region-hint", HTMLElement);
    if (mask === undefined || of === undefined) return void (hint.textContent = "Mark the region in this photo first.");
    const only: PhotoClass | undefined = ofClass ? of : undefined;
    this.#session.markAll(region, mask, only);
    const others = [...this.#session.photos.values()].filter((other) => other !== photo && (only === undefined || other.classId === only.id));
    const own = others.filter(({ masks }) => masks.has(region.id)).length;
    hint.textContent = `The same place in ${count(others.length - own, "other photo")}${own === 0 ? "." : `; ${own} keep${own === 1 ? "s" : ""} what is marked in ${own === 1 ? "it" : "them"}.`}`;
  }

  /** The share of evidence of the map that is shown; the last one that was asked for is told. */
  #measure(mask = this.#shown === undefined ? undefined : maskIn(this.#shown.photo, this.#session.region)): void {
    const turn = ++this.#measuring;
    const map = this.#shown?.map;
    const output = byId("share", HTMLElement);
    const { name } = this.#session.region;
    if (map === undefined) return;
    if (mask === undefined) {
      output.textContent = `${methodName(map)}, ${reading(map)}.`;
      delete output.dataset.share;
      return;
    }
    void evidenceIn(this.#network.trainer, measurable(map), mask).then((share) => {
      if (turn !== this.#measuring) return;
      output.textContent = share === undefined ? "This map has no evidence to measure." : `${percent(share)} of the evidence lies in “${name}”.`;
      output.dataset.share = String(share ?? "");
      announceAtRest(output.textContent);
    });
  }

  // ---- to and fro ----

  #step(by: number): void {
    const at = this.#shown === undefined ? -1 : this.#among.indexOf(this.#shown.photo);
    const next = this.#among[at + by];
    if (at >= 0 && next !== undefined) void this.#show(next);
  }

  #remove(): void {
    const photo = this.#shown?.photo;
    if (photo === undefined) return;
    this.#dialog.close();
    this.#session.removePhotos([photo]);
    say(`${photo.name} was removed from the session.`);
  }

  #leave(): void {
    this.#shown?.end.abort();
    this.#shown?.run?.free();
    this.#shown = undefined;
  }
}

/** A map of one channel as it is; of a map with three, how strong it is at each place. */
function measurable(map: Explanation): Measured {
  const { data, channels, height, width, view, run } = map;
  if (channels === 1) return map;
  const cells = height * width;
  const strength = Float32Array.from({ length: cells }, (_, at) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += Math.abs(data[channel * cells + at] ?? 0);
    return sum;
  });
  return { data: strength, height, width, view, run };
}
