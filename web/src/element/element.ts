import type { BackendState, Candling, Explanation, Prediction, Progress, Run, Target } from "../candling.js";
import { codes } from "../protocol.js";
import { description, shortDescription } from "../words/maps.js";
import { methodName } from "../words/methods.js";
import { onApproach } from "./approach.js";
import {
  type Backend,
  backends,
  type Loading,
  type Name,
  names,
  paintOf,
  type Question,
  questionOf,
  type Reveal,
} from "./attributes.js";
import { importExport } from "./client.js";
import { BaseElement } from "./base.js";
import type { CandlingViewEventMap, CandlingViewEvents, CandlingViewState } from "./events.js";
import { abortedError, asFailure, type CandlingViewFailure, failure } from "./failure.js";
import { Latch } from "./latch.js";
import { photoOf } from "./photo.js";
import { isTurned } from "./turned.js";
import { type BarEntry, ElementView } from "./view.js";
import { type Model, type Tools, Workplace } from "./workplace.js";
import { itemAt } from "../platform/known.js";

/** Number of classes in the bar; a requested class that is not among them follows. */
const OFFERED = 4;

/** Attributes whose change only repaints. */
const ofPaint: ReadonlySet<Name> = new Set(["colormap", "opacity"]);

/** Attributes that determine when a map is shown, not which. */
const ofTime: ReadonlySet<Name> = new Set(["controls", "loading", "reveal"]);

/** Codes of failures that lose the engine or the run; a new engine can answer the same question. */
const LOST: readonly string[] = [codes.runLost, codes.engineCrashed, codes.runFreed, codes.closed];

/** Codes of failures that only other attributes can mend. */
const MISTAKES: readonly string[] = [codes.badArgument, codes.unknownClass, "unknown-layer"];

/** Codes of failures that may be over when the browser is online again. */
const UNREACHABLE: readonly string[] = [
  codes.modelUnreachable,
  codes.engineUnavailable,
  codes.imageUnreachable,
];

/** The maps that are shown, and their origin. */
interface PaintedState {
  readonly run: Run;
  readonly maps: readonly Explanation[];
  readonly labels: readonly string[];
  readonly tools: Tools;
}

/** Options of `toBlob`. */
export interface ToBlobOptions {
  /** Default: `image/png`. */
  readonly type?: "image/png" | "text/html";
  /**
   * Classes by index, name or part of one, each with a map of its own. Default: those that are shown; for a
   * page, all in the bar.
   */
  readonly classes?: readonly (number | string)[];
  /** The heading. Default: a question about the first class. */
  readonly title?: string;
  /** Author and licence of the photo; "Photo:" is put before it. */
  readonly credit?: string;
}

/**
 * A photo, and over it what made a neural network say so.
 *
 * The photo is an `<img>` inside the element, which stays unchanged: without scripts or in a feed reader the
 * reader sees it as before. Print shows the same as the screen: the photo under its map, and of the bar the
 * classes and the sentence; if there is no map yet, it says so. Nothing is loaded before the reader comes
 * near the element (or requests the map, see `reveal`); all elements of a page with one model share its
 * worker and its download.
 *
 * ```html
 * <script type="module" src="https://your.site/candling/candling-view.js"></script>
 * <candling-view method="grad-cam" target="tabby" controls>
 *   <img src="cat-and-dog.jpg" alt="A cat and a dog on a sofa">
 * </candling-view>
 * ```
 *
 * @element candling-view
 *
 * @attr {Method} [method=grad-cam] - The method. The default, `grad-cam`, shows where the evidence for the
 *   class is. Methods of many passes take seconds.
 * @attr {string} [target=top] - The class that is explained: its index (`281`), its name or an unambiguous
 *   part of one (`tabby`), or `top`, the likeliest one, which is the default.
 * @attr {string} compare - A second class, as in `target`. Its map lies to the right of a divider, in the
 *   scale of the first.
 * @attr {string} layer - The layer of the map, for the CAM methods: a name of `candling.info.layers`.
 *   Default: the model's `defaultLayer`.
 * @attr {"candle" | "turbo" | "inferno" | "viridis" | "jet"} [colormap=candle] - The colours of heatmaps:
 *   `candle`, which darkens the photo where there is no evidence (the default), or one that paints over the
 *   photo: `turbo`, `inferno`, `viridis`, `jet`.
 * @attr {number} opacity - Strength of the map over the photo, 0 to 1. Default: 0.95 for `candle`, 0.5 for
 *   other colours, 1 for pixel maps.
 * @attr {string} model - Address of the model file, relative to the page. Default:
 *   `CandlingViewElement.model`, or without that the files in the folder `models` beside the script.
 * @attr {"auto" | "cpu" | "webgpu"} [backend=auto] - Where the map is computed: `auto` (the default) begins
 *   on the CPU and changes to the GPU if that proves faster; `cpu`; `webgpu`: on the GPU. What the GPU cannot
 *   do, the CPU does.
 * @attr {"lazy" | "eager"} [loading=lazy] - `lazy`: when the reader comes near (the default); `eager`: at
 *   once.
 * @attr {"auto" | "interaction"} [reveal=auto] - `auto`: the map is shown when it is there (the default);
 *   `interaction`: a button on the photo requests it, and with `loading="lazy"` nothing is loaded before.
 * @attr {boolean} controls - Shows a bar under the photo: the likeliest classes, the method, the map's
 *   strength, and what the map says in a sentence.
 *
 * @fires statechange - The state has changed: `detail.state`, `detail.previous`.
 * @fires progress - Bytes of the model so far: `detail.loaded`, and `detail.total` if the server says it.
 * @fires backendchange - The backend has changed, or it was decided that it will not: `detail.backend`,
 *   `detail.reason`, and `detail.code` and `detail.message` if the GPU failed.
 * @fires predict - The network's predictions for the photo: `detail.predictions`, all classes, best first;
 *   and `detail.notes`, defects in spite of which the photo was read, such as a missing part. Once for each
 *   photo.
 * @fires explain - A map is shown: `detail.explanation`, and `detail.compared` if `compare` is set.
 * @fires error - There is no map: `detail.code`, stable and in kebab-case, and `detail.message`.
 *
 * @slot - The `<img>`, alone or in a `<picture>`, a link or a `<figure>`. The first one is explained.
 * @slot reveal - The text of the button that requests the map.
 *
 * @csspart stage - The photo and everything over it.
 * @csspart map - The canvas of a map.
 * @csspart compare - The canvas of a second map, to the right of the divider.
 * @csspart divider - The slider between two maps.
 * @csspart tag - The name of a class on its side of the divider.
 * @csspart reveal - The button that requests the map.
 * @csspart progress - The box that is shown while the reader waits for more than half a second.
 * @csspart meter - The progress bar of the download in `progress`.
 * @csspart cancel - The button in `progress`, which stops the work.
 * @csspart error - The box that is shown after an error.
 * @csspart retry - The button in `error`.
 * @csspart note - Defects in spite of which the photo was read, under it; hidden if there are none.
 * @csspart bar - The bar under the photo.
 * @csspart classes - The list of classes in the bar.
 * @csspart class - The button of a class.
 * @csspart chosen - The button of the class that is explained.
 * @csspart method - The choice of methods.
 * @csspart opacity - The slider of the map's strength.
 * @csspart status - The sentence on the map.
 *
 * @cssprop [--candling-accent=#ffb454] - Colour of the divider, and of controls on the photo under the
 *   pointer.
 * @cssprop [--candling-surface=rgb(14 11 8 / 82%)] - Background of texts on the photo.
 * @cssprop [--candling-on-surface=#f8efe2] - Colour of texts on the photo.
 * @cssprop [--candling-line=color-mix(in srgb, currentColor 28%, transparent)] - Colour of the edges of
 *   buttons in the bar.
 * @cssprop [--candling-radius=0.375em] - Radius of corners.
 * @cssprop [--candling-bar-height=7.25em] - Minimum height of the bar.
 * @cssprop [--candling-reveal=400ms] - How long a map takes to appear.
 *
 * @cssstate idle - Nothing is requested yet, or it was aborted. Equal to the property `state`, like the other
 *   states.
 * @cssstate waiting - Waiting for the photo, or for its turn.
 * @cssstate loading - The network is being downloaded.
 * @cssstate running - The map is being computed.
 * @cssstate ready - The map is there.
 * @cssstate error - There is no map.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface of this name adds overloads only
export class CandlingViewElement extends BaseElement {
  /** @internal */
  static readonly observedAttributes: readonly string[] = names;

  /**
   * The model of elements that name none: one address, or a pair of which the visitor's connection decides.
   * Default: the files in the folder `models` beside the script. Set it before the elements need it.
   */
  static model: Model | undefined;

  readonly #view: ElementView;
  readonly #internals = this.attachInternals();
  readonly #photoChanged = ({ target }: Event) => {
    // ignores the element's own event of that name
    if (target !== this) this.#renew();
  };
  /**
   * Watches for photos that are replaced without an event, because they are deeper than the slot or were
   * there before.
   */
  readonly #content = new MutationObserver(() => this.#renew());
  readonly #online = () => this.#retry();
  /** The backend that the element was last told of. */
  #backend: BackendState["backend"] = "cpu";
  readonly #onBackend = (state: BackendState) => {
    this.#backend = state.backend;
    this.#dispatch("backendchange", state);
  };
  #state: CandlingViewState = "idle";
  /** Whether the element is in a document, and active. */
  #present = false;
  #near = false;
  /** Whether the reader or the page requested the map explicitly. */
  #asked = false;
  /** Whether it was aborted, and not requested again since. */
  #stopped = false;
  /** Whether attributes changed while the element was in no document. */
  #missed = false;
  /** Whether the reader has used this very element. */
  #used = false;
  #changed: Set<Name> | undefined;
  #job: AbortController | undefined;
  #workplace: Workplace | undefined;
  #photo: HTMLImageElement | undefined;
  #predictions: readonly Prediction[] = [];
  #shown: PaintedState | undefined;
  /** Colours in which the maps are painted. */
  #colours = "";
  /** Address of the photo of the last question. */
  #address: string | undefined;
  #failure: CandlingViewFailure | undefined;
  #latch: Latch<Explanation> | undefined;
  /** Ends the making of files when the photo or the element is gone. */
  #files = new AbortController();
  #stopApproach = () => {};

  constructor() {
    super();
    this.#view = new ElementView(this.attachShadow({ mode: "open" }), {
      reveal: () => {
        this.#used = true;
        this.#view.focusStage();
        this.explain().catch(() => {}); // shown where the button was
      },
      cancel: () => this.abort(),
      choose: (target) => {
        this.#want();
        this.target = String(target);
      },
      method: (method) => {
        this.#want();
        this.method = method;
      },
      opacity: (opacity) => {
        this.opacity = opacity;
      },
    });
  }

  /** The method of the map. */
  get method(): string {
    return this.getAttribute("method") ?? "grad-cam";
  }
  set method(method: string | null | undefined) {
    this.#reflect("method", method);
  }

  /** The class that is explained: an index, a name or a part of one, or `top`. */
  get target(): string {
    return this.getAttribute("target") ?? "top";
  }
  set target(target: string | number | null | undefined) {
    this.#reflect("target", target);
  }

  /** The class for comparison; empty if there is none. */
  get compare(): string {
    return this.getAttribute("compare") ?? "";
  }
  set compare(compare: string | number | null | undefined) {
    this.#reflect("compare", compare);
  }

  /** The layer of the map; empty for the model's `defaultLayer`. */
  get layer(): string {
    return this.getAttribute("layer") ?? "";
  }
  set layer(layer: string | null | undefined) {
    this.#reflect("layer", layer);
  }

  /** The colours of heatmaps. */
  get colormap(): string {
    return this.getAttribute("colormap") ?? "candle";
  }
  set colormap(colormap: string | null | undefined) {
    this.#reflect("colormap", colormap);
  }

  /** Strength of the map over the photo, 0 to 1; undefined for the default of the colours. */
  get opacity(): number | undefined {
    const given = this.getAttribute("opacity");
    return given === null ? undefined : Number(given);
  }
  set opacity(opacity: number | string | null | undefined) {
    this.#reflect("opacity", opacity);
  }

  /** Address of the model file; empty for the default model. */
  get model(): string {
    return this.getAttribute("model") ?? "";
  }
  set model(model: string | URL | null | undefined) {
    this.#reflect("model", model);
  }

  /** Where the map is computed. */
  get backend(): Backend {
    return backends.find((name) => name === this.getAttribute("backend")) ?? "auto";
  }
  set backend(backend: string | null | undefined) {
    this.#reflect("backend", backend);
  }

  /** When it is computed. */
  get loading(): Loading {
    return this.getAttribute("loading") === "eager" ? "eager" : "lazy";
  }
  set loading(loading: string | null | undefined) {
    this.#reflect("loading", loading);
  }

  /** Whether the reader has to request the map. */
  get reveal(): Reveal {
    return this.getAttribute("reveal") === "interaction" ? "interaction" : "auto";
  }
  set reveal(reveal: string | null | undefined) {
    this.#reflect("reveal", reveal);
  }

  /** Whether there is a bar under the photo. */
  get controls(): boolean {
    return this.hasAttribute("controls");
  }
  set controls(controls: boolean) {
    this.toggleAttribute("controls", Boolean(controls));
  }

  /** The current state. */
  get state(): CandlingViewState {
    return this.#state;
  }

  /** The `<img>` that is explained. */
  get image(): HTMLImageElement | undefined {
    return (
      this.querySelector<HTMLImageElement>(":scope > img:not([slot]), :scope > :not([slot]) img") ?? undefined
    );
  }

  /** The network's predictions for the photo: all classes, best first; empty until there are any. */
  get predictions(): readonly Prediction[] {
    return this.#predictions;
  }

  /**
   * The map of `target` that is shown: its raw values, and where it is strongest. Undefined until there is
   * one.
   */
  get explanation(): Explanation | undefined {
    return this.#shown?.maps[0];
  }

  /** The loaded model, for any other use; undefined until there is a map. */
  get candling(): Candling | undefined {
    return this.#shown?.tools.candling;
  }

  /**
   * Requests the map now, whatever `loading` and `reveal` say, and shows it. Resolves with the map of
   * `target` as the attributes then are: of several changes, the last one's. Fails with the error of the
   * event `error`, or with the code `aborted`.
   */
  async explain(): Promise<Explanation> {
    if (!this.isConnected) throw failure(codes.unavailable, "the element is in no document; insert it first");
    this.#asked = true;
    this.#stopped = false;
    this.#arrange();
    const { explanation } = this;
    if (this.#state === "ready" && this.#changed === undefined && explanation !== undefined)
      return explanation;
    this.#latch ??= new Latch();
    const { promise } = this.#latch;
    if (this.#job === undefined && this.#changed === undefined) this.#ask();
    return promise;
  }

  /**
   * Stops the current work, and the model's download if no other element waits for it. The map that is shown
   * stays. Does nothing if nothing is in progress.
   */
  abort(): void {
    if (this.#job === undefined || this.#state === "ready") return;
    this.#stopped = true;
    const focused = this.shadowRoot?.activeElement != null;
    this.#stop(abortedError());
    this.#enter("idle");
    // the pressed button is gone; the focus stays in this place
    if (focused) this.#view.focusReveal();
  }

  /**
   * The shown photo and maps as a file. `image/png`: one picture with a caption. `text/html`: a
   * self-contained page with the photo and a map for each of some classes, between which its reader can
   * switch. Fails like `explain()`.
   */
  async toBlob(options: ToBlobOptions = {}): Promise<Blob> {
    const { type = "image/png", classes, title, credit } = options;
    if (type !== "image/png" && type !== "text/html") {
      throw failure(
        codes.badArgument,
        `toBlob: type is "image/png", "text/html"; given ${JSON.stringify(type)}`,
      );
    }
    if (!this.isConnected) throw failure(codes.unavailable, "the element is in no document; insert it first");
    const question = questionOf((name) => this.getAttribute(name));
    const { signal } = this.#files;
    const { exportFigure, exportPage } = await importExport();
    const image = this.image;
    const photo = await photoOf(image, signal);
    if (signal.aborted) throw signal.reason;
    const workplace = this.#joined();
    return workplace.turn(
      this,
      signal,
      () => {},
      async (tools) => {
        const run = await workplace.runOf(this, tools, photo, signal);
        const explain = this.#explainer(run, question, signal);
        const chosen = await explain(question.target);
        const asked = classes ?? this.#usualClasses(type, run, chosen, question);
        const maps = [];
        for (const target of asked)
          maps.push(target === chosen.target.class ? chosen : await explain(target));
        const { colormap, opacity } = paintOf((name) => this.getAttribute(name), chosen.channels);
        const words = {
          alt: image?.alt ?? "",
          ...(title === undefined ? {} : { title }),
          ...(credit === undefined ? {} : { credit }),
        };
        // as on the page, compared maps share one scale
        const together = question.compare !== undefined;
        const subject = { candling: tools.candling, maps, colormap, opacity, together, signal, ...words };
        return type === "text/html" ? exportPage(subject) : exportFigure(subject);
      },
    );
  }

  /** @internal */
  connectedCallback(): void {
    if (this.#present) return;
    this.#present = true;
    // properties that were set before the element was defined hide the accessors
    for (const name of names) {
      if (!Object.hasOwn(this, name)) continue;
      const value: unknown = this[name];
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
    this.#view.controls = this.controls;
    for (const type of ["load", "error"]) this.addEventListener(type, this.#photoChanged, { capture: true });
    this.#content.observe(this, { childList: true, subtree: true });
    addEventListener("online", this.#online);
    this.#stopApproach = onApproach(this, () => {
      this.#near = true;
      this.#proceed();
    });
    this.#internals.states.add(this.#state);
    // it may come back with other attributes, or another photo
    this.#renew();
    if (this.#missed && this.#state === "ready") this.#ask();
    this.#missed = false;
    this.#proceed();
  }

  /** @internal */
  adoptedCallback(): void {
    this.#view.adopt();
  }

  /** @internal */
  disconnectedCallback(): void {
    // an element that was only moved is connected again by then
    queueMicrotask(() => {
      if (this.isConnected || !this.#present) return;
      this.#present = false;
      this.#near = false;
      for (const type of ["load", "error"])
        this.removeEventListener(type, this.#photoChanged, { capture: true });
      this.#content.disconnect();
      removeEventListener("online", this.#online);
      this.#stopApproach();
      this.#stop(abortedError());
      this.#workplace?.leave(this);
      this.#workplace = undefined;
      this.#forgetFiles();
      this.#view.rest();
      if (this.#state !== "ready") this.#enter("idle");
    });
  }

  /** @internal */
  attributeChangedCallback(name: Name, previous: string | null, value: string | null): void {
    if (previous === value) return;
    if (!this.#present) {
      this.#missed = true;
      return;
    }
    if (this.#changed === undefined) {
      this.#changed = new Set();
      // several attributes that are set in a row are one change
      queueMicrotask(() => this.#apply());
    }
    this.#changed.add(name);
  }

  #reflect(name: Name, value: unknown): void {
    if (value === null || value === undefined || value === "") this.removeAttribute(name);
    else this.setAttribute(name, String(value));
  }

  #apply(): void {
    const changed = this.#changed ?? new Set();
    this.#changed = undefined;
    if (!this.#present) return;
    this.#view.controls = this.controls;
    this.#arrange();
    const kinds = [...changed];
    const shown = this.#state === "ready" ? this.#shown : undefined;
    if (changed.has("model") || changed.has("backend")) {
      this.#workplace?.leave(this);
      this.#workplace = undefined;
    }
    if (changed.has("model")) this.#predictions = [];
    // wrong values must be reported, and so must their correction: after an error everything is done again
    if (kinds.every((name) => ofTime.has(name))) this.#proceed();
    else if (shown !== undefined && kinds.every((name) => ofPaint.has(name) || ofTime.has(name)))
      void this.#repaint(shown);
    else if (this.#job !== undefined || this.#state === "ready" || this.#state === "error") this.#ask();
    else this.#proceed();
    this.#settle();
  }

  /** Handles an action of the reader that requests a map. */
  #want(): void {
    this.#used = true;
    this.#asked = true;
    this.#stopped = false;
  }

  /** Resolves the pending `explain()` with the current map, or requests it. */
  #settle(): void {
    if (this.#latch === undefined || this.#job !== undefined) return;
    const { explanation } = this;
    if (this.#state !== "ready" || explanation === undefined) return this.#ask();
    this.#latch.open(explanation);
    this.#latch = undefined;
  }

  /** Whether the map is wanted now. */
  get #wanted(): boolean {
    if (this.#stopped) return false;
    if (this.#asked || this.loading === "eager") return true;
    return this.reveal === "auto" && this.#near;
  }

  #proceed(): void {
    this.#arrange();
    if (this.#wanted && this.#state === "idle" && this.#job === undefined) this.#ask();
  }

  /** Shows or hides the map, and the button that requests it. */
  #arrange(): void {
    const revealed = this.#asked || this.reveal === "auto";
    this.#view.revealed = revealed;
    this.#view.revealable = !revealed || (this.#stopped && this.#state === "idle");
  }

  /** Handles a photo that was replaced, or may have been: a map of the previous one would be wrong. */
  #renew(): void {
    if (!this.#present) return;
    const image = this.image;
    this.#view.image = image;
    const same = image === this.#photo && (image === undefined || image.currentSrc === this.#address);
    this.#photo = image;
    // an image that arrived after all counts as another one
    if (same && this.#failure?.code !== codes.imageUnreachable) return;
    this.#forgetFiles();
    this.#workplace?.forget(this);
    this.#shown = undefined;
    this.#predictions = [];
    this.#view.clear();
    if (this.#state !== "idle" || this.#wanted) this.#ask();
  }

  #forgetFiles(): void {
    this.#files.abort(abortedError());
    this.#files = new AbortController();
  }

  #retry(): void {
    if (this.#state === "error" && UNREACHABLE.includes(this.#failure?.code ?? "") && this.#wanted)
      this.#ask();
  }

  /** Ends the current work. */
  #stop(reason: CandlingViewFailure): void {
    this.#job?.abort(reason);
    this.#job = undefined;
    this.#view.busy = undefined;
    this.#latch?.fail(reason);
    this.#latch = undefined;
  }

  /** Starts again with the current attributes and photo; the newest question wins. */
  #ask(): void {
    this.#job?.abort(abortedError());
    const job = new AbortController();
    this.#job = job;
    this.#failure = undefined;
    this.#address = this.image?.currentSrc;
    this.#view.fail(undefined, false, false);
    this.#view.busy = "waiting";
    this.#enter("waiting");
    this.#answer(job.signal).then(
      (shown) => {
        if (job !== this.#job) return;
        this.#job = undefined;
        this.#view.busy = undefined;
        this.#enter("ready");
        const [explanation, compared] = shown.maps;
        if (explanation === undefined) return;
        this.#dispatch("explain", { explanation, ...(compared === undefined ? {} : { compared }) });
        this.#latch?.open(explanation);
        this.#latch = undefined;
      },
      (thrown: unknown) => {
        if (job === this.#job) this.#fail(asFailure(thrown));
      },
    );
  }

  #fail(error: CandlingViewFailure): void {
    this.#stop(error);
    this.#failure = error;
    // the maps on show answer an older question
    this.#shown = undefined;
    this.#view.withdraw();
    this.#view.fail(error, this.#used, !MISTAKES.includes(error.code));
    this.#enter("error");
    this.#dispatch("error", { code: error.code, message: error.message });
  }

  async #answer(signal: AbortSignal): Promise<PaintedState> {
    const question = questionOf((name) => this.getAttribute(name));
    this.#view.method = question.method;
    const image = this.image;
    const photo = await photoOf(image, signal);
    if (signal.aborted) throw signal.reason;
    this.#address = image?.currentSrc;
    this.#view.image = image;
    const workplace = this.#joined();
    const onProgress = (progress: Progress | undefined) => {
      if (signal.aborted) return;
      this.#view.busy = progress ?? "waiting";
      if (progress === undefined) return this.#enter("waiting");
      this.#enter("loading");
      this.#dispatch("progress", progress);
    };
    return workplace.turn(this, signal, onProgress, async (tools) => {
      if (signal.aborted) throw signal.reason;
      this.#view.busy = "waiting";
      this.#enter("running");
      // others that share the model may have been told of a change before this element joined
      const { backend } = tools.candling;
      if (backend.backend !== this.#backend) this.#onBackend(backend);
      const once = () => this.#compute(workplace, tools, photo, question, signal);
      try {
        return await once();
      } catch (error) {
        if (!LOST.includes(asFailure(error).code) || signal.aborted) throw error;
        workplace.forget(this);
        return once();
      }
    });
  }

  #joined(): Workplace {
    this.#workplace ??= Workplace.of(
      this.model === "" ? CandlingViewElement.model : this.model,
      this.backend,
    );
    this.#workplace.join(this, this.#onBackend);
    return this.#workplace;
  }

  /** The element's turn: everything until its map is visible. */
  async #compute(
    workplace: Workplace,
    tools: Tools,
    photo: HTMLImageElement | Blob,
    question: Question,
    signal: AbortSignal,
  ): Promise<PaintedState> {
    const run = await workplace.runOf(this, tools, photo, signal);
    // a photo that only runs again has the same predictions
    const fresh = this.#predictions.length === 0;
    this.#predictions = run.predictions;
    this.#view.notes = run.notes;
    if (fresh) this.#dispatch("predict", { predictions: run.predictions, notes: run.notes });
    const { target, compare } = question;
    const explain = this.#explainer(run, question, signal);
    const maps = [await explain(target)];
    if (compare !== undefined) maps.push(await explain(compare));
    const paint = paintOf((name) => this.getAttribute(name), maps[0]?.channels);
    this.#colours = "";
    await this.#view.paint(tools.client, maps, paint, signal);
    if (signal.aborted) throw signal.reason;
    this.#colours = paint.colormap;
    const labels = maps.map(({ target }) => tools.candling.labels[target.class] ?? String(target.class));
    const shown = { run, maps, labels, tools };
    this.#shown = shown;
    this.#tell(shown);
    return shown;
  }

  /**
   * Returns a function that explains a class of the run, by default the likeliest, with the attributes of the
   * question.
   */
  #explainer(
    run: Run,
    { method, layer }: Question,
    signal: AbortSignal,
  ): (target: Target | undefined) => Promise<Explanation> {
    return (target) =>
      run.explain({
        method,
        signal,
        ...(target === undefined ? {} : { target }),
        ...(layer === undefined ? {} : { layer }),
      });
  }

  /** Repaints the same maps in the current colours. */
  async #repaint(shown: PaintedState): Promise<void> {
    this.#job?.abort(abortedError());
    const job = new AbortController();
    this.#job = job;
    try {
      const paint = paintOf((name) => this.getAttribute(name), shown.maps[0]?.channels);
      // the same path as the slider's: the opacity needs no repainting
      this.#view.opacity = paint.opacity;
      if (paint.colormap !== this.#colours) {
        // an interrupted paint may have painted one of two maps
        this.#colours = "";
        if (await this.#view.paint(shown.tools.client, shown.maps, paint, job.signal))
          this.#colours = paint.colormap;
      }
      if (job !== this.#job) return;
      this.#job = undefined;
      this.#settle();
    } catch (thrown) {
      if (job !== this.#job) return;
      const error = asFailure(thrown);
      // the worker was ended meanwhile: a new one computes the map
      if (LOST.includes(error.code)) this.#ask();
      else this.#fail(error);
    }
  }

  #tell({ run, maps, labels }: PaintedState): void {
    const say = (words: typeof shortDescription) =>
      maps.map((map, side) => words(methodName(map), itemAt(labels, side), map));
    this.#view.describe(say(description), labels);
    const turned =
      this.image !== undefined && isTurned(this.image)
        ? " This is said of the photo before the page turned it."
        : "";
    this.#view.answers = {
      answers: this.#offered(run, maps[0]?.target.class),
      target: maps[0]?.target.class,
    };
    this.#view.say(`${say(shortDescription).join(". ")}.${turned}`, this.#used);
  }

  /**
   * The default classes of a file; for a page all in the bar, the chosen one first, as the heading asks about
   * it.
   */
  #usualClasses(
    type: string,
    run: Run,
    { target }: Explanation,
    { compare }: Question,
  ): readonly (number | string)[] {
    if (type !== "text/html") return compare === undefined ? [target.class] : [target.class, compare];
    const others = this.#offered(run, target.class)
      .map(({ index }) => index)
      .filter((index) => index !== target.class);
    return [target.class, ...others];
  }

  #offered({ predictions }: Run, target: number | undefined): readonly BarEntry[] {
    const best = predictions.slice(0, OFFERED);
    const asked = predictions.find(({ index }) => index === target);
    return asked === undefined || best.includes(asked) ? best : [...best, asked];
  }

  #enter(state: CandlingViewState): void {
    const previous = this.#state;
    if (state === previous) return;
    this.#internals.states.delete(previous);
    this.#internals.states.add(state);
    this.#state = state;
    this.#arrange();
    this.#dispatch("statechange", { state, previous });
  }

  #dispatch<K extends keyof CandlingViewEventMap>(type: K, detail: CandlingViewEventMap[K]["detail"]): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

export interface CandlingViewElement {
  addEventListener<K extends keyof CandlingViewEvents>(
    type: K,
    listener: (this: CandlingViewElement, event: CandlingViewEvents[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof CandlingViewEvents>(
    type: K,
    listener: (this: CandlingViewElement, event: CandlingViewEvents[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}
