/** The viewer: one large photo, its map, and the question about it. */
import { paintMap } from "../bias/examine.js";
import type { Candling, Explanation, Run } from "../candling.js";
import { byId } from "../dom/page.js";
import { listenForColours } from "../site/colours.js";
import { shortDescription } from "../words/maps.js";
import { methodName } from "../words/methods.js";
import { percent } from "../words/numbers.js";
import { sentence } from "../words/sentence.js";
import { Confirmed } from "./confirmed.js";
import { Marking } from "./marking.js";
import type { Network } from "./network.js";
import type { StoredPhoto } from "./photo.js";
import { ask, explain, listenForQuestions, offer, subject } from "./question.js";
import type { PhotoSession } from "./session.js";
import { drawBitmap } from "./thumbs.js";
import { announce } from "./voice.js";
import { wasAborted } from "./words.js";

/** Longest side of the painted picture in pixels. */
const SIDE = 1024;

/** A photo in the viewer. */
interface OpenPhoto {
  readonly photo: StoredPhoto;
  readonly end: AbortController;
  run?: Run;
  map?: Explanation;
}

export class Viewer {
  readonly #session: PhotoSession;
  readonly #network: Network;
  readonly #dialog = byId("viewer", HTMLDialogElement);
  readonly #picture = byId("picture", HTMLCanvasElement);
  readonly #heat = byId("heat", HTMLInputElement);
  readonly #status = byId("viewer-status", HTMLElement);
  readonly #marking: Marking;
  #among: readonly StoredPhoto[] = [];
  #shown: OpenPhoto | undefined;

  constructor(session: PhotoSession, network: Network) {
    this.#session = session;
    this.#network = network;
    this.#marking = new Marking(session, network.examiner);
    listenForQuestions(() => void this.#answer());
    // another photo may be opened while this one is painted
    const paint = () => void this.#paint().catch((error) => (this.#status.textContent = sentence(error)));
    this.#heat.addEventListener("change", paint);
    listenForColours(paint);
    byId("viewer-close", HTMLButtonElement).addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("close", () => this.#leave());
    byId("previous", HTMLButtonElement).addEventListener("click", () => this.#step(-1));
    byId("next", HTMLButtonElement).addEventListener("click", () => this.#step(1));
    session.follow((what) => {
      if (what === "model" && this.#shown !== undefined) void this.#show(this.#shown.photo);
    });
    const remove = byId("remove-photo", HTMLButtonElement);
    new Confirmed(
      remove,
      () => "Remove it from the session?",
      () => this.#remove(),
    );
  }

  /** Opens a photo; "previous" and "next" move within `among`. */
  open(photo: StoredPhoto, among: readonly StoredPhoto[]): void {
    this.#among = among;
    if (!this.#dialog.open) this.#dialog.showModal();
    void this.#show(photo);
  }

  async #show(photo: StoredPhoto): Promise<void> {
    this.#leave();
    const shown: OpenPhoto = { photo, end: new AbortController() };
    this.#shown = shown;
    const at = this.#among.indexOf(photo);
    const of = this.#session.classOf(photo);
    byId("viewer-title", HTMLElement).textContent = photo.name;
    byId("previous", HTMLButtonElement).disabled = at <= 0;
    byId("next", HTMLButtonElement).disabled = at >= this.#among.length - 1;
    // at the end of the row the pressed button is disabled
    if (!this.#dialog.contains(document.activeElement) || document.activeElement === this.#dialog)
      byId("viewer-close", HTMLButtonElement).focus();
    const facts = [
      of?.name || "a class without a name",
      photo.group,
      this.#session.isHeldOut(photo) ? "held out" : "",
    ];
    this.#facts = facts.filter((part) => part !== "").join(" · ");
    this.#status.textContent = photo.unreadable ?? "";
    try {
      const size = await this.#drawPhoto(shown);
      if (size !== undefined) this.#marking.show(photo, size);
      // the engine may read what the browser refuses
      const isHopeless =
        size === undefined && (photo.unreadable !== undefined || this.#session.model === undefined);
      if (!shown.end.signal.aborted && !isHopeless) await this.#look(shown, size !== undefined);
    } catch (error) {
      if (!wasAborted(error) && !shown.end.signal.aborted) this.#status.textContent = sentence(error);
    }
  }

  set #facts(words: string) {
    byId("says", HTMLElement).textContent = words;
  }

  /** Draws the plain photo, as read by the browser or else by the engine. */
  async #drawPhoto({
    photo,
    end,
    run,
  }: OpenPhoto): Promise<{ readonly width: number; readonly height: number } | undefined> {
    const bitmap = await createImageBitmap(photo.blob).catch(() =>
      run?.photo === undefined ? undefined : createImageBitmap(run.photo),
    );
    if (end.signal.aborted) return (bitmap?.close(), undefined);
    const { width, height } = bitmap ?? { width: 4, height: 3 };
    byId("canvas-box", HTMLElement).style.setProperty("--ratio", String(width / height));
    this.#picture.ariaLabel = `The photo ${photo.name}`;
    if (bitmap === undefined) {
      Object.assign(this.#picture, { width, height });
      this.#status.textContent = photo.unreadable ?? "The browser cannot read this file as a picture.";
      this.#marking.show(undefined, { width, height });
      return undefined;
    }
    const scale = Math.min(1, SIDE / Math.max(width, height));
    const small = await createImageBitmap(bitmap, {
      resizeWidth: Math.max(1, Math.round(width * scale)),
      resizeHeight: Math.max(1, Math.round(height * scale)),
    });
    bitmap.close();
    if (end.signal.aborted) return (small.close(), undefined);
    drawBitmap(this.#picture, small);
    return { width, height };
  }

  async #look(shown: OpenPhoto, isDrawn: boolean): Promise<void> {
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
    if (!isDrawn) this.#marking.show(shown.photo, run);
    offer(candling);
    this.#tell(candling, run);
    await this.#answer();
  }

  #tell({ labels }: Candling, { predictions }: Run): void {
    const says = predictions
      .slice(0, 3)
      .map(({ index, probability }) => `${labels[index] ?? ""} ${percent(probability)}`);
    this.#facts = `${byId("says", HTMLElement).textContent} · the model says ${says.join(", ")}`;
  }

  /** Answers another question about the same photo, without a forward pass. */
  async #answer(): Promise<void> {
    const shown = this.#shown;
    if (shown?.run === undefined) return;
    try {
      shown.map = await ask(shown.run, shown.end.signal);
      if (this.#shown !== shown) return;
      this.#status.textContent = shown.run.notes.map(sentence).join(" ");
      this.#marking.map = shown.map;
      explain(shown.map);
      await this.#paint();
    } catch (error) {
      if (this.#shown === shown && !wasAborted(error)) this.#status.textContent = sentence(error);
    }
  }

  async #paint(): Promise<void> {
    const shown = this.#shown;
    const { map, photo } = shown ?? {};
    if (shown === undefined || map === undefined || photo === undefined) return;
    if (!this.#heat.checked) return void (await this.#drawPhoto(shown));
    if (await paintMap(this.#picture, map, SIDE)) {
      this.#picture.ariaLabel = shortDescription(
        methodName(map),
        subject(map, this.#session.model?.labels ?? []),
        map,
      );
      this.#picture.dataset.map = `${map.method} ${map.layer ?? ""} ${map.target.class} ${map.target.over ?? ""}`;
    }
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
    const at = this.#among.indexOf(photo);
    this.#among = this.#among.filter((other) => other !== photo);
    this.#session.removePhotos([photo]);
    // move to the next photo, or at the end of the row to the previous one
    const next = this.#among[Math.min(at, this.#among.length - 1)];
    if (next === undefined) this.#dialog.close();
    else void this.#show(next);
    announce(`${photo.name} was removed from the session.`);
  }

  #leave(): void {
    this.#shown?.end.abort();
    this.#shown?.run?.free();
    this.#shown = undefined;
    this.#marking.map = undefined;
  }
}
