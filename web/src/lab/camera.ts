/** The camera's dialog: what it sees, explained as it moves, and one still picture out of it. */
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
  /** Index of the pinned class, which is explained whatever else is seen. */
  #pinned: number | undefined;
  /** What the network said last. */
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
      // Not `disabled`: what has the focus keeps it.
      if (pin.ariaDisabled !== "true") this.#pin(this.#pinned === undefined ? this.#seen : undefined);
    });
    void network.then(({ labels }) => {
      this.#labels = labels;
      this.#search.classes = labels.map((label, index) => ({ label, index }));
    });
  }

  /**
   * The picture, or nothing if the visitor thinks better of it. The camera is off again in both cases. Once
   * the network is there, it explains each frame.
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
    // The keyboard is where the next step is, unless the visitor is elsewhere.
    if (handy) (state.on ? take : again.hidden ? close : again).focus();
    text.textContent = state.on ? this.#pinnedWords() : state.why;
    this.#update();
  }

  /** Explains, or does not: as the camera, the box and the pin are. */
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
    // Who names a class wants to see it lit.
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
