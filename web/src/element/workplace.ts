/**
 * One model on one backend, on one page: all elements that use it share a worker, a download, and a queue.
 *
 * The queue is served in the order in which the reader sees the elements, determined anew at each turn, since
 * the reader scrolls meanwhile. One turn is everything that an element needs until its map is shown.
 */
import type { BackendState, Candling, ModelFiles, Progress, Run } from "../candling.js";
import { codes } from "../protocol.js";
import type { Backend } from "./attributes.js";
import { type Client, importClient } from "./client.js";
import { abortedError, asFailure, failure } from "./failure.js";
import { nextForReader, type ReadingPosition } from "./order.js";

export type Model = string | URL | ModelFiles;

/**
 * Time for which a model without elements is kept: they may be moving from one place of the page to another.
 */
const IDLE_MS = 10_000;

/** The client and the model, which an element uses during its turn. */
export interface Tools {
  readonly client: Client;
  readonly candling: Candling;
}

interface Turn {
  readonly element: Element;
  /** Receives undefined once the model is loaded, while the element waits for its turn only. */
  readonly onProgress: (progress: Progress | undefined) => void;
  /** Resolves when the work is done, whatever the outcome. */
  readonly start: (tools: Tools) => Promise<void>;
  readonly fail: (error: Error) => void;
}

/** Workplaces by address and backend. */
const workplaces = new Map<string, Workplace>();

export class Workplace {
  readonly #model: Model | undefined;
  readonly #backend: Backend;
  /** The elements, with their callbacks for the backend. */
  readonly #members = new Map<Element, (state: BackendState) => void>();
  readonly #line = new Set<Turn>();
  /**
   * The run of the element that was used last. A run holds some 30 MB; any other photo runs again when
   * needed, which takes less time than a reader notices.
   */
  #kept: { readonly element: Element; readonly run: Run } | undefined;
  #tools: Promise<Tools> | undefined;
  #opening: AbortController | undefined;
  #progress: Progress | undefined;
  #serving = false;
  #idle: ReturnType<typeof setTimeout> | undefined;

  private constructor(model: Model | undefined, backend: Backend) {
    this.#model = model;
    this.#backend = backend;
  }

  /** The workplace of a model; by default, of the one beside the script. */
  static of(model: Model | undefined, backend: Backend): Workplace {
    const address = (file: string | URL) => new URL(file, document.baseURI).href;
    const files =
      typeof model === "object" && "full" in model
        ? [model.full, model.small]
        : model === undefined
          ? []
          : [model];
    const key = [backend, ...files.map(address)].join(" ");
    const workplace = workplaces.get(key) ?? new Workplace(model, backend);
    workplaces.set(key, workplace);
    return workplace;
  }

  /** Adds an element with work now or later, which keeps the model loaded. */
  join(element: Element, onBackend: (state: BackendState) => void): void {
    this.#members.set(element, onBackend);
    clearTimeout(this.#idle);
  }

  /** Removes an element. After the last one, the worker is ended. */
  leave(element: Element): void {
    this.forget(element);
    this.#members.delete(element);
    clearTimeout(this.#idle);
    if (this.#members.size === 0) this.#idle = setTimeout(() => this.#close(), IDLE_MS);
  }

  /**
   * Queues an element's work. Fails if the model's loading or the work fails; at once with the signal's
   * reason if that is aborted.
   */
  turn<T>(
    element: Element,
    signal: AbortSignal,
    onProgress: (progress: Progress | undefined) => void,
    work: (tools: Tools) => Promise<T>,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const turn: Turn = {
        element,
        onProgress,
        start: (tools) =>
          work(tools)
            .then(resolve, reject)
            .finally(() => signal.removeEventListener("abort", onAbort)),
        fail: reject,
      };
      const onAbort = () => {
        this.#line.delete(turn);
        reject(signal.reason);
        // nobody waits for the model any more
        if (this.#line.size === 0) this.#opening?.abort();
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#line.add(turn);
      if (this.#progress !== undefined) onProgress(this.#progress);
      void this.#serve();
    });
  }

  /** The element's photo after its forward pass: the kept run, or a new one of `photo`. */
  async runOf(
    element: Element,
    { candling }: Tools,
    photo: HTMLImageElement | Blob,
    signal: AbortSignal,
  ): Promise<Run> {
    if (this.#kept?.element !== element) {
      // before the new run, not after it: wasm memory never shrinks
      this.#free();
      this.#kept = { element, run: await candling.run(photo, { signal }) };
    }
    return this.#kept.run;
  }

  /** Discards an element's run: its photo was replaced, or its run was lost. */
  forget(element: Element): void {
    if (this.#kept?.element === element) this.#free();
  }

  #free(): void {
    this.#kept?.run.free();
    this.#kept = undefined;
  }

  async #serve(): Promise<void> {
    if (this.#serving) return;
    this.#serving = true;
    while (this.#line.size > 0) {
      try {
        const tools = await this.#open();
        const turn = nextForReader([...this.#line], ({ element }) => positionOf(element), innerHeight);
        if (turn === undefined) break;
        this.#line.delete(turn);
        await turn.start(tools);
      } catch (error) {
        // elements that were queued after the abort want the model again
        if (asFailure(error).code === codes.aborted) continue;
        for (const turn of this.#line) turn.fail(asFailure(error));
        this.#line.clear();
      }
    }
    this.#serving = false;
  }

  #open(): Promise<Tools> {
    this.#tools ??= this.#load().catch((error: unknown) => {
      this.#tools = undefined;
      throw error;
    });
    return this.#tools;
  }

  async #load(): Promise<Tools> {
    const opening = new AbortController();
    this.#opening = opening;
    const onProgress = (progress: Progress) => {
      // also called when a crashed engine is restarted, which nobody waits for here
      if (this.#opening !== opening) return;
      this.#progress = progress;
      for (const turn of this.#line) turn.onProgress(progress);
    };
    onProgress({ loaded: 0 });
    try {
      const client = await importClient().catch(unavailable);
      if (opening.signal.aborted) throw abortedError();
      const candling = await client.Candling.load({
        ...(this.#model === undefined ? {} : { model: this.#model }),
        backend: this.#backend,
        onBackend: (state) => {
          for (const tell of this.#members.values()) tell(state);
        },
        onProgress,
        signal: opening.signal,
      });
      for (const turn of this.#line) turn.onProgress(undefined);
      return { client, candling };
    } finally {
      this.#opening = undefined;
      this.#progress = undefined;
    }
  }

  #close(): void {
    const tools = this.#tools;
    this.#tools = undefined;
    this.#kept = undefined;
    // a model that failed to load has reported it, and holds nothing
    tools?.then(({ candling }) => candling.close()).catch(() => {});
  }
}

function positionOf(element: Element): ReadingPosition {
  const { top, bottom, left } = element.getBoundingClientRect();
  return { top, bottom, left, seen: element.checkVisibility() };
}

function unavailable(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw failure(
    codes.engineUnavailable,
    `the engine could not be loaded: ${reason}; candling.js must lie beside the element's script, with access-control-allow-origin where ` +
      "that is another origin than the page's",
  );
}
