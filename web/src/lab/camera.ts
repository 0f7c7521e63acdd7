/** The camera's dialog: its picture, explained live, and a still of it. */
import { type Candling, CandlingError, type LiveFrame } from "../candling.js";
import { percent } from "../words/numbers.js";
import { sentence } from "../words/sentence.js";
import { CameraFeed, type FeedState } from "./camera-feed.js";
import { CameraView, type Colours } from "./camera-view.js";
import { Combobox } from "./combobox.js";
import { byId } from "../dom/page.js";

const dialog = byId("camera-dialog", HTMLDialogElement);
const video = byId("camera-video", HTMLVideoElement);
const text = byId("camera-text", HTMLElement);
const reading = byId("camera-reading", HTMLElement);
const take = byId("camera-take", HTMLButtonElement);
const again = byId("camera-again", HTMLButtonElement);
const close = byId("camera-cancel", HTMLButtonElement);
const explain = byId("camera-explain", HTMLInputElement);
const pin = byId("camera-pin", HTMLButtonElement);

export class Camera {
  readonly #network: Promise<Candling>;
  readonly #feed: CameraFeed;
  readonly #view: CameraView;
  readonly #search: Combobox;
  #on = false;
  #labels: readonly string[] = [];
  /** Class that stays explained, whatever else comes into view. */
  #pinned: number | undefined;
  /** The latest top class. */
  #seen: number | undefined;

  constructor(network: Promise<Candling>, colours: Colours) {
    this.#network = network;
    this.#feed = new CameraFeed(video, (state) => this.#take(state));
    this.#view = new CameraView(network, colours, video);
    this.#view.onFrame = (frame) => this.#read(frame);
    this.#view.onFailure = (error) => {
      explain.checked = false;
      text.textContent = sentence(error instanceof CandlingError ? error.message : error);
      this.#update();
    };
    this.#search = new Combobox(
      "camera-class",
      "camera-classes",
      (index) => this.#pin(index),
      (query) => void this.#find(query),
    );
    close.addEventListener("click", () => dialog.close());
    again.addEventListener("click", () => this.#feed.start());
    explain.addEventListener("change", () => this.#update());
    pin.addEventListener("click", () => {
      // not `disabled`: what has the focus keeps it
      if (pin.ariaDisabled !== "true") this.#pin(this.#pinned === undefined ? this.#seen : undefined);
    });
    void network.then(({ labels }) => {
      this.#labels = labels;
      this.#search.classes = labels.map((label, index) => ({ label, index }));
    });
  }

  /**
   * Returns a still, or undefined if the visitor closes the dialog. The camera is off again in both cases.
   * Once the network is loaded, it explains each frame.
   */
  async takePhoto(): Promise<ImageBitmap | undefined> {
    this.#pin(undefined);
    dialog.showModal();
    this.#feed.start();
    const done = new AbortController();
    const { signal } = done;
    try {
      return await new Promise<ImageBitmap | undefined>((resolve) => {
        dialog.addEventListener("close", () => resolve(undefined), { signal });
        take.addEventListener("click", () => resolve(createImageBitmap(video)), { signal });
      });
    } finally {
      done.abort();
      this.#on = false;
      this.#update();
      this.#feed.stop();
      if (dialog.open) dialog.close();
    }
  }

  #take(state: FeedState): void {
    this.#on = state.on;
    const buttons: readonly (Element | null)[] = [take, again, close];
    const handy = buttons.includes(document.activeElement);
    take.disabled = !state.on;
    again.hidden = state.on || !state.failed;
    // moves the focus to the next step, unless the visitor is elsewhere
    if (handy) (state.on ? take : again.hidden ? close : again).focus();
    text.textContent = state.on ? this.#pinnedWords() : state.why;
    this.#update();
  }

  /** Starts or stops explaining, according to camera, checkbox and pin. */
  #update(): void {
    if (this.#on && explain.checked) {
      void this.#view.show(this.#pinned);
      return;
    }
    this.#view.hide();
    this.#seen = undefined;
    reading.textContent = "\u00a0";
    this.#showPin();
  }

  #pin(index: number | undefined): void {
    this.#pinned = index;
    // who names a class wants to see its map
    if (index !== undefined) explain.checked = true;
    if (this.#on) text.textContent = this.#pinnedWords();
    this.#update();
    this.#showPin();
  }

  async #find(query: string): Promise<void> {
    try {
      this.#pin(await (await this.#network).findClass(query));
      this.#search.clear();
    } catch (error) {
      text.textContent = sentence(error);
    }
  }

  #pinnedWords(): string {
    return this.#pinned === undefined ? "" : `Pinned: ${this.#labels[this.#pinned]}.`;
  }

  #showPin(): void {
    pin.ariaPressed = String(this.#pinned !== undefined);
    pin.ariaDisabled = String(this.#pinned === undefined && this.#seen === undefined);
  }

  #read({ predictions: [best], fps, backend }: LiveFrame): void {
    if (best === undefined) return;
    this.#seen = best.index;
    this.#showPin();
    const pace = `${fps.toFixed(0)} frames a second${backend === "webgpu" ? " on your graphics card" : ""}`;
    reading.textContent = `${best.label}, ${percent(best.probability)} · ${pace}`;
  }
}
