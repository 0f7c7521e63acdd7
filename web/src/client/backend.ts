/**
 * Choice of the backend, CPU or GPU.
 *
 * `auto` begins on the CPU, so that nobody waits for a GPU to start. After the first answer, when the page is
 * idle, the GPU is timed on the same picture, and the faster backend is remembered for this GPU. `auto` never
 * picks a software adapter; one is used only if requested explicitly.
 */
import { type Backend, type BackendTimes, codes, type Failure } from "../protocol.js";
import type { Bridge } from "./bridge.js";
import { CandlingError } from "./error.js";
import { gpuFiles } from "./files.js";
import { version } from "./version.js";

/** `"auto"` takes the faster of both. */
export type BackendChoice = Backend | "auto";

export interface BackendState {
  /** Where forward and backward passes are computed from now on. */
  readonly backend: Backend;
  /**
   * - `undecided`: on the CPU, until both were timed
   * - `asked`: requested explicitly
   * - `measured`: the faster of both, just now
   * - `remembered`: the faster of both, at an earlier visit
   * - `software`: on the CPU, because it would emulate the adapter too
   * - `unavailable`: on the CPU, because there is no GPU
   * - `failed`: on the CPU, because the GPU failed; so far, or for the answer that was due
   */
  readonly reason: "undecided" | "asked" | "measured" | "remembered" | "software" | "unavailable" | "failed";
  /** The browser's name of the GPU. */
  readonly adapter?: string;
  /** Forward pass on each backend, if measured. */
  readonly milliseconds?: BackendTimes;
  /** Code and message of the failure. */
  readonly code?: string;
  readonly message?: string;
}

/** Key in `localStorage` of the decisions, by GPU, model and version. */
const KEPT = "candling-backend";

/** Time for the visitor's own requests, before the GPU is tried. */
const PAUSE_MS = 1500;

export class Backends {
  readonly #bridge: Bridge;
  readonly #model: string;
  readonly #onChange: (state: BackendState) => void;
  #state: BackendState;
  /** Whether `auto` still has to decide, and whether it waits for the first answer to do so. */
  #undecided: boolean;
  #waiting: boolean;
  /** The last failure: a GPU that failed is not tried again until it is requested explicitly. */
  #failure: Omit<BackendState, "backend"> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(bridge: Bridge, choice: BackendChoice, model: string, onChange: (state: BackendState) => void) {
    this.#bridge = bridge;
    this.#model = model;
    this.#onChange = onChange;
    this.#undecided = this.#waiting = choice === "auto";
    this.#state = { backend: "cpu", reason: choice === "auto" ? "undecided" : "asked" };
    bridge.onLost = (failure) => this.#fail(failure);
  }

  get state(): BackendState {
    return this.#state;
  }

  /**
   * Selects a backend. Without a GPU the CPU is used, and the state says why. Choices are carried out one
   * after the other.
   */
  use(choice: BackendChoice): Promise<BackendState> {
    this.#undecided = false;
    const turn = this.#turn.then(() => this.#use(choice));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #use(choice: BackendChoice): Promise<BackendState> {
    try {
      if (choice === "auto") await this.#decide();
      else {
        const answer = await this.#switch(choice, false);
        if (answer.backend === "webgpu") this.#failure = undefined;
        this.#set({ reason: "asked", ...answer });
      }
    } catch (error) {
      if (!(error instanceof CandlingError) || error.code === codes.closed) throw error;
      this.#fail(error);
    }
    return this.#state;
  }

  /** Reports that a forward pass was answered, by this backend. */
  answered(backend: Backend): void {
    // the worker was restarted, and the new one uses no GPU
    if (backend === "cpu" && this.#state.backend === "webgpu") {
      this.#fail({
        code: codes.engineCrashed,
        message: "the engine crashed, and the graphics card was let go",
      });
    }
    if (!this.#waiting) return;
    this.#waiting = false;
    const idle =
      typeof requestIdleCallback === "function"
        ? requestIdleCallback
        : (work: () => void) => setTimeout(work);
    const decide = () => {
      // the visitor may have chosen meanwhile
      if (this.#undecided) void this.use("auto").catch(() => {});
    };
    setTimeout(() => idle(decide), PAUSE_MS);
  }

  async #decide(): Promise<void> {
    if (this.#failure !== undefined) return this.#keepCpu(this.#failure);
    const adapter = await this.#bridge.call("adapter", {});
    if (adapter === null) return this.#keepCpu({ reason: "unavailable" });
    const { name } = adapter;
    if (adapter.software) return this.#keepCpu({ reason: "software", adapter: name });
    const key = `${name} | ${this.#model} | ${version}`;
    const known = recall()[key];
    if (known === "cpu") return this.#keepCpu({ reason: "remembered", adapter: name });
    const answer = await this.#switch("webgpu", known === undefined);
    if (answer.milliseconds !== undefined) remember(key, answer.backend);
    this.#set({ ...answer, reason: known === undefined ? "measured" : "remembered" });
  }

  async #keepCpu(state: Omit<BackendState, "backend">): Promise<void> {
    await this.#switch("cpu", false);
    this.#set({ backend: "cpu", ...state });
  }

  #switch(backend: Backend, compare: boolean) {
    return this.#bridge.call("backend", { backend, compare, files: gpuFiles });
  }

  #fail({ code, message }: Failure): void {
    const { adapter } = this.#state;
    const reason = code === codes.backendUnavailable ? "unavailable" : "failed";
    this.#failure = { reason, code, message, ...(adapter === undefined ? {} : { adapter }) };
    this.#set({ backend: "cpu", ...this.#failure });
  }

  #set(state: BackendState): void {
    this.#state = state;
    this.#onChange(state);
  }
}

/** Reads the stored decisions; none if they are malformed or may not be read. */
function recall(): Record<string, unknown> {
  try {
    return Object(JSON.parse(localStorage.getItem(KEPT) ?? "{}"));
  } catch {
    return {};
  }
}

function remember(key: string, backend: Backend): void {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ ...recall(), [key]: backend }));
  } catch {
    // storage may be full or forbidden: both are timed again next time
  }
}
