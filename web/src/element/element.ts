import type { BackendState, Candling, Explanation, Prediction, Progress, Run, Target } from "../candling.js";
import { codes } from "../protocol.js";
import { description, gist } from "../words/maps.js";
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
import { aborted, asFailure, type CandlingViewFailure, failure } from "./failure.js";
import { Latch } from "./latch.js";
import { photoOf } from "./photo.js";
import { isTurned } from "./turned.js";
import { type Answer, View } from "./view.js";
import { type Model, type Tools, Workplace } from "./workplace.js";

/** Number of answers that are offered; a requested class that is none of them follows. */
const OFFERED = 4;

/** What changes with a stroke of the brush: no new map is needed. */
const ofPaint: ReadonlySet<Name> = new Set(["colormap", "opacity"]);

/** These say when, not what. */
const ofTime: ReadonlySet<Name> = new Set(["controls", "loading", "reveal"]);

/** The engine these came of was lost; the same question has an answer in a new one. */
const LOST: readonly string[] = [codes.runLost, codes.engineCrashed, codes.runFreed, codes.closed];

/** What only another attribute can mend. */
const MISTAKES: readonly string[] = [codes.badArgument, codes.unknownClass, "unknown-layer"];

/** What a network that is reachable again can mend. */
const UNREACHABLE: readonly string[] = [
  codes.modelUnreachable,
  codes.engineUnavailable,
  codes.imageUnreachable,
];

/** What was shown last. */
interface Shown {
  readonly run: Run;
  readonly maps: readonly Explanation[];
  readonly labels: readonly string[];
  readonly tools: Tools;
}

/** What `toBlob` makes. */
export interface ToBlobOptions {
  /** `image/png` where left out. */
  readonly type?: "image/png" | "text/html";
  /**
   * Classes by index, name or part of one, each with a map of its own; where left out, those that are shown,
   * for a page all in the bar.
   */
  readonly classes?: readonly (number | string)[];
  /** The heading; a question about the first class where left out. */
  readonly title?: string;
  /** Who made the photo, and its licence; "Photo:" is put before it. */
  readonly credit?: string;
}

/**
 * A photo, and over it what made a neural network say so.
 *
 * The photo is an `<img>` inside the element, which stays what it is: without scripts or in a feed reader the
 * reader sees it as before. Paper shows what the screen does: the photo under its map, and of the bar the
 * classes and the sentence; where no map is there yet, it says so. Nothing is loaded before the reader comes
 * near the element (or asks, see `reveal`); all elements of a page with one model share its worker and its
 * download.
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
 * @attr {Method} [method=grad-cam] - What is computed; `grad-cam`, where the evidence for the class is, is
 * the default. Methods of many passes take seconds.
 * @attr {string} [target=top] - The class that is explained: its index (`281`), its name or an unambiguous
 * part of one (`tabby`), or `top`, the likeliest one, which is the default.
 * @attr {string} compare - A second class, as in `target`. Its map lies to the right of a divider, in the
 * scale of the first.
 * @attr {string} layer - The layer that is asked, for the CAM methods: a name of `candling.info.layers`. The
 * last convolution where left out.
 * @attr {"candle" | "turbo" | "inferno" | "viridis" | "jet"} [colormap=candle] - The colours of heatmaps:
 * `candle`, which takes the light away where there is no evidence (the default), or one that paints over the
 * photo: `turbo`, `inferno`, `viridis`, `jet`.
 * @attr {number} opacity - Strength of the map over the photo, 0 to 1. Where left out: 0.95 for `candle`, 0.5
 * for other colours, 1 for pixel maps.
 * @attr {string} model - Address of the model file; a relative one counts from the page. Where left out,
 * `CandlingViewElement.model`, and without that the files in the folder `models` beside the script.
 * @attr {"auto" | "cpu" | "webgpu"} [backend=auto] - Where it is computed: `auto` (the default) begins on the
 * processor and takes the graphics card where that proves faster; `cpu`: the processor; `webgpu`: the
 * graphics card. What a card cannot do, the processor does.
 * @attr {"lazy" | "eager"} [loading=lazy] - `lazy`: when the reader comes near (the default); `eager`: at
 * once.
 * @attr {"auto" | "interaction"} [reveal=auto] - `auto`: the map is shown when it is there (the default);
 * `interaction`: a button on the photo asks for it, and with `loading="lazy"` nothing is loaded before.
 * @attr {boolean} controls - Shows a bar under the photo: the likeliest classes, the method, the map's
 * strength, and what the map says in a sentence.
 *
 * @fires statechange - The state is another one: `detail.state`, `detail.previous`.
 * @fires progress - Bytes of the model so far: `detail.loaded`, and `detail.total` where the server says it.
 * @fires backendchange - Another backend computes from now on, or it was decided that none will:
 * `detail.backend`, `detail.reason`, and `detail.code` and `detail.message` where the graphics card failed.
 * @fires predict - What the network says of the photo: `detail.predictions`, all classes, best first; and
 * `detail.notes`, in words, what the photo was read in spite of, as that part of it is missing. Once for each
 * photo.
 * @fires explain - A map is shown: `detail.explanation`, and `detail.compared` where `compare` is set.
 * @fires error - It could not be: `detail.code`, stable and in kebab-case, and `detail.message`.
 *
 * @slot - The `<img>`, alone or in a `<picture>`, a link or a `<figure>`. The first one is explained.
 * @slot reveal - The words on the button that asks for the map.
 *
 * @csspart stage - The photo and all that lies over it.
 * @csspart map - The canvas of a map.
 * @csspart compare - Of two maps, the one to the right of the divider.
 * @csspart divider - The slider that parts two maps.
 * @csspart tag - The name of a class on its side of the divider.
 * @csspart reveal - The button that asks for the map.
 * @csspart progress - What is shown while the reader waits for more than half a second.
 * @csspart meter - The bar of the download in `progress`.
 * @csspart cancel - The button in `progress`, which stops the work.
 * @csspart error - What is shown when something went wrong.
 * @csspart retry - The button in `error`.
 * @csspart note - What the photo was read in spite of, under it; hidden where there is nothing to say.
 * @csspart bar - The bar under the photo.
 * @csspart classes - The list of classes in the bar.
 * @csspart class - The button of a class.
 * @csspart chosen - Of these, the one that is explained.
 * @csspart method - The choice of methods.
 * @csspart opacity - The slider of the map's strength.
 * @csspart status - The sentence on the map.
 *
 * @cssprop [--candling-accent=#ffb454] - Of the divider and of what is pointed at on the photo.
 * @cssprop [--candling-surface=rgb(14 11 8 / 82%)] - Behind words on the photo.
 * @cssprop [--candling-on-surface=#f8efe2] - Words on the photo.
 * @cssprop [--candling-line=color-mix(in srgb, currentColor 28%, transparent)] - Edges of buttons in the bar.
 * @cssprop [--candling-radius=0.375em] - Of corners.
 * @cssprop [--candling-bar-height=7.25em] - The least height of the bar.
 * @cssprop [--candling-reveal=400ms] - How long a map takes to appear.
 *
 * @cssstate idle - Nothing is asked yet, or it was aborted. As the property `state`; so are the others.
 * @cssstate waiting - For the photo, or for its turn.
 * @cssstate loading - The network is on its way.
 * @cssstate running - It computes.
 * @cssstate ready - The map is there.
 * @cssstate error - It could not be.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface of this name adds overloads only
export class CandlingViewElement extends BaseElement {
  /** @internal */
  static readonly observedAttributes: readonly string[] = names;

  /**
   * The model of elements that name none: one address, or a pair of which the visitor's connection decides.
   * Where left out, the files in the folder `models` beside the script. Set it before the elements need it.
   */
  static model: Model | undefined;

  readonly #view: View;
  readonly #internals = this.attachInternals();
  readonly #photoChanged = ({ target }: Event) => {
    // Not the element's own event of that name.
    if (target !== this) this.#renew();
  };
  /** A photo may be exchanged without an event, where it is deeper than the slot or was there before. */
  readonly #content = new MutationObserver(() => this.#renew());
  readonly #online = () => this.#retry();
  /** Where the element last heard that it is computed. */
  #backend: BackendState["backend"] = "cpu";
  readonly #onBackend = (state: BackendState) => {
    this.#backend = state.backend;
    this.#dispatch("backendchange", state);
  };
  #state: CandlingViewState = "idle";
  /** In a document, and working. */
  #present = false;
  #near = false;
  /** The reader, or the page, asked for the map itself. */
  #asked = false;
  /** Aborted, and not asked again since. */
  #stopped = false;
  /** Attributes changed while the element was in no document. */
  #missed = false;
  /** The reader has used this very element. */
  #used = false;
  #changed: Set<Name> | undefined;
  #job: AbortController | undefined;
  #workplace: Workplace | undefined;
  #photo: HTMLImageElement | undefined;
  #predictions: readonly Prediction[] = [];
  #shown: Shown | undefined;
  /** Colour map of the painted map. */
  #colours = "";
  /** Address of the photo that was asked about last. */
  #address: string | undefined;
  #failure: CandlingViewFailure | undefined;
  #latch: Latch<Explanation> | undefined;
  /** Ends the making of files when the photo, or the element, is gone. */
  #files = new AbortController();
  #stopApproach = () => {};

  constructor() {
    super();
    this.#view = new View(this.attachShadow({ mode: "open" }), {
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

  /** What is computed. */
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

  /** The class that it is compared with; empty where there is none. */
  get compare(): string {
    return this.getAttribute("compare") ?? "";
  }
  set compare(compare: string | number | null | undefined) {
    this.#reflect("compare", compare);
  }

  /** The layer that is asked; empty for the last convolution. */
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

  /** Strength of the map over the photo, 0 to 1; undefined where the colours' own is used. */
  get opacity(): number | undefined {
    const given = this.getAttribute("opacity");
    return given === null ? undefined : Number(given);
  }
  set opacity(opacity: number | string | null | undefined) {
    this.#reflect("opacity", opacity);
  }

  /** Address of the model file; empty for the usual one. */
  get model(): string {
    return this.getAttribute("model") ?? "";
  }
  set model(model: string | URL | null | undefined) {
    this.#reflect("model", model);
  }

  /** Where it is computed. */
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

  /** Whether the reader has to ask. */
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

  /** What it is at. */
  get state(): CandlingViewState {
    return this.#state;
  }

  /** The `<img>` that is explained. */
  get image(): HTMLImageElement | undefined {
    return (
      this.querySelector<HTMLImageElement>(":scope > img:not([slot]), :scope > :not([slot]) img") ?? undefined
    );
  }

  /** What the network says of the photo: all classes, best first; empty until it was asked. */
  get predictions(): readonly Prediction[] {
    return this.#predictions;
  }

  /**
   * The map that is shown, of `target`: its raw values, and where it is strongest. Undefined until there is
   * one.
   */
  get explanation(): Explanation | undefined {
    return this.#shown?.maps[0];
  }

  /** The loaded model, for whatever else is to be asked of it; undefined until there is a map. */
  get candling(): Candling | undefined {
    return this.#shown?.tools.candling;
  }

  /**
   * Asks for the map now, whatever `loading` and `reveal` say, and shows it. Resolves with the map of
   * `target` as the attributes then are: of several changes, the last one's. Fails as the event `error`
   * tells, or with the code `aborted`.
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
   * Stops what is under way, and the model's download where nobody else waits for it. The map that is shown
   * stays. Does nothing where nothing is under way.
   */
  abort(): void {
    if (this.#job === undefined || this.#state === "ready") return;
    this.#stopped = true;
    const focused = this.shadowRoot?.activeElement != null;
    this.#stop(aborted());
    this.#enter("idle");
    // The button that was pressed is gone; the keyboard stays in this place.
    if (focused) this.#view.focusReveal();
  }

  /**
   * What is shown, as a file. `image/png`: one picture with a caption. `text/html`: a page that needs nothing
   * but itself, with the photo and a map for each of some classes, between which its reader can switch. Fails
   * as `explain()` does.
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
        // As on the page: what is compared has one scale.
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
    // Properties that were set before the element was defined hide the accessors.
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
    // It may come back with other attributes, or another photo.
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
    // An element that is only moved is back by then.
    queueMicrotask(() => {
      if (this.isConnected || !this.#present) return;
      this.#present = false;
      this.#near = false;
      for (const type of ["load", "error"])
        this.removeEventListener(type, this.#photoChanged, { capture: true });
      this.#content.disconnect();
      removeEventListener("online", this.#online);
      this.#stopApproach();
      this.#stop(aborted());
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
      // Several attributes that are set one after the other are one change.
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
    // Values that are not allowed have to be told, and so has their mending: after an error everything is
    // asked again.
    if (kinds.every((name) => ofTime.has(name))) this.#proceed();
    else if (shown !== undefined && kinds.every((name) => ofPaint.has(name) || ofTime.has(name)))
      void this.#repaint(shown);
    else if (this.#job !== undefined || this.#state === "ready" || this.#state === "error") this.#ask();
    else this.#proceed();
    this.#settle();
  }

  /** The reader wants a map, by what was done to this element. */
  #want(): void {
    this.#used = true;
    this.#asked = true;
    this.#stopped = false;
  }

  /** Gives those who wait for a map the one that is there, or asks for it. */
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

  /** Whether the map is seen, and whether the reader is offered to ask for it. */
  #arrange(): void {
    const revealed = this.#asked || this.reveal === "auto";
    this.#view.revealed = revealed;
    this.#view.revealable = !revealed || (this.#stopped && this.#state === "idle");
  }

  /** The photo is another one, or may have moved. A map of what was there before would lie. */
  #renew(): void {
    if (!this.#present) return;
    const image = this.image;
    this.#view.image = image;
    const same = image === this.#photo && (image === undefined || image.currentSrc === this.#address);
    this.#photo = image;
    // One that came after all is another one.
    if (same && this.#failure?.code !== codes.imageUnreachable) return;
    this.#forgetFiles();
    this.#workplace?.forget(this);
    this.#shown = undefined;
    this.#predictions = [];
    this.#view.clear();
    if (this.#state !== "idle" || this.#wanted) this.#ask();
  }

  #forgetFiles(): void {
    this.#files.abort(aborted());
    this.#files = new AbortController();
  }

  #retry(): void {
    if (this.#state === "error" && UNREACHABLE.includes(this.#failure?.code ?? "") && this.#wanted)
      this.#ask();
  }

  /** Ends what is under way. */
  #stop(reason: CandlingViewFailure): void {
    this.#job?.abort(reason);
    this.#job = undefined;
    this.#view.busy = undefined;
    this.#latch?.fail(reason);
    this.#latch = undefined;
  }

  /** Starts anew with the attributes and the photo of now; the newest question wins. */
  #ask(): void {
    this.#job?.abort(aborted());
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
    // Whatever is shown answers an older question.
    this.#shown = undefined;
    this.#view.withdraw();
    this.#view.fail(error, this.#used, !MISTAKES.includes(error.code));
    this.#enter("error");
    this.#dispatch("error", { code: error.code, message: error.message });
  }

  async #answer(signal: AbortSignal): Promise<Shown> {
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
      // Others who share the model may have heard of a change before this one came.
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

  /** The element's turn: everything until its answer is seen. */
  async #compute(
    workplace: Workplace,
    tools: Tools,
    photo: HTMLImageElement | Blob,
    question: Question,
    signal: AbortSignal,
  ): Promise<Shown> {
    const run = await workplace.runOf(this, tools, photo, signal);
    // A photo that only runs again says the same.
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

  /** What asks the run about a class, the likeliest where left out, in the way of the question. */
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

  /** The same maps in the colours of now. */
  async #repaint(shown: Shown): Promise<void> {
    this.#job?.abort(aborted());
    const job = new AbortController();
    this.#job = job;
    try {
      const paint = paintOf((name) => this.getAttribute(name), shown.maps[0]?.channels);
      // The slider's own way: nothing is painted anew.
      this.#view.opacity = paint.opacity;
      if (paint.colormap !== this.#colours) {
        // Whatever is overtaken may have painted one of two maps.
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
      // The worker was ended meanwhile: the map comes from a new one.
      if (LOST.includes(error.code)) this.#ask();
      else this.#fail(error);
    }
  }

  #tell({ run, maps, labels }: Shown): void {
    const say = (words: typeof gist) =>
      maps.map((map, side) => words(methodName(map), labels[side] ?? "", map));
    this.#view.describe(say(description), labels);
    const turned =
      this.image !== undefined && isTurned(this.image)
        ? " This is said of the photo before the page turned it."
        : "";
    this.#view.answers = {
      answers: this.#offered(run, maps[0]?.target.class),
      target: maps[0]?.target.class,
    };
    this.#view.say(`${say(gist).join(". ")}.${turned}`, this.#used);
  }

  /**
   * The classes that a file has maps of: for a page all in the bar, the chosen one first, as its heading asks
   * about it.
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

  #offered({ predictions }: Run, target: number | undefined): readonly Answer[] {
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
