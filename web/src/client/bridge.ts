/**
 * Connection to the worker: first in, first out, one request in flight.
 *
 * The queue is kept on this side, so an aborted call that has not begun costs the worker nothing. A worker
 * that crashes is dropped: the call in flight fails, and the next one starts a new worker and loads the model
 * again.
 */
import {
  type Answer,
  type Ask,
  codes,
  type Failure,
  type CallKind,
  type Progress,
  type Reply,
  type Request,
} from "../protocol.js";
import { CandlingError } from "./error.js";
import { untrusted } from "../platform/trusted.js";

export interface CallOptions<K extends CallKind> {
  /** The objects in the request that are transferred rather than copied. */
  readonly transfer?: (ask: Ask<K>) => Transferable[];
  readonly signal?: AbortSignal | undefined;
  /** The worker (see `Bridge.generation`) to which the request's handles belong. */
  readonly generation?: number;
  /** Receives an answer that came after the abort, to free it. */
  readonly discard?: (answer: Answer<K>) => void;
}

/** Advice for a worker's script that did not load, about which browsers say nothing. */
const NOT_LOADED =
  "its script did not load; candling-worker.js must lie beside candling.js, and a content security policy must allow it in worker-src: " +
  "'self', or blob: and the files' own origin where that is another one, which must send access-control-allow-origin";

/** A queued call. */
interface Job {
  /** Sends it; resolves when the worker is done with it, whatever the outcome. */
  readonly start: () => Promise<void>;
  readonly reject: (error: CandlingError) => void;
}

/** The request in flight. */
interface Flight {
  readonly resolve: (answer: Answer<CallKind>) => void;
  readonly reject: (error: CandlingError) => void;
}

export class Bridge {
  readonly #spawn: () => Worker;
  readonly #load: Ask<"load">;
  readonly #onProgress: (progress: Progress) => void;
  /** Called when the GPU failed, before the answer that the CPU gives in its place. */
  onLost: (failure: Failure) => void = () => {};
  readonly #queue: Job[] = [];
  #worker: Worker | undefined;
  #flight: Flight | undefined;
  #pumping = false;
  #closed = false;
  #generation = 0;

  constructor(spawn: () => Worker, load: Ask<"load">, onProgress: (progress: Progress) => void = () => {}) {
    this.#spawn = spawn;
    this.#load = load;
    this.#onProgress = onProgress;
  }

  /** Number of workers dropped so far; handles of earlier workers are void. */
  get generation(): number {
    return this.#generation;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Starts the first worker and loads the model, ahead of everything else. */
  load(signal?: AbortSignal): Promise<Answer<"load">> {
    return this.#enqueue<"load">({ signal }, () => this.#boot());
  }

  /** Queues a call at once, even if its request is still a promise. */
  call<K extends CallKind>(
    kind: K,
    asking: Ask<K> | Promise<Ask<K>>,
    options: CallOptions<K> = {},
  ): Promise<Answer<K>> {
    const pending = Promise.resolve(asking);
    pending.catch(() => {}); // told to the caller when its turn comes
    return this.#enqueue<K>(options, async () => {
      const ask = await pending;
      // preparing the request may have taken a while: a photo is decoded here
      if (this.#closed) throw closedError();
      if (options.signal?.aborted) throw abortedError();
      if (options.generation !== undefined && options.generation !== this.#generation) throw lost();
      if (this.#worker === undefined) await this.#boot();
      return this.#exchange({ kind, ask }, options.transfer?.(ask) ?? []);
    });
  }

  /** Ends the worker. Waiting calls fail with `closed`. */
  close(): void {
    this.#closed = true;
    this.#dropWorker();
    this.#flight?.reject(closedError());
    for (const job of this.#queue.splice(0)) job.reject(closedError());
  }

  #enqueue<K extends CallKind>(
    { signal, discard }: Pick<CallOptions<K>, "signal" | "discard">,
    send: () => Promise<Answer<K>>,
  ): Promise<Answer<K>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closedError());
      if (signal?.aborted) return reject(abortedError());
      const job: Job = {
        reject,
        start: async () => {
          try {
            const answer = await send();
            if (signal?.aborted) discard?.(answer);
            resolve(answer);
          } catch (error) {
            reject(error);
          } finally {
            signal?.removeEventListener("abort", onAbort);
          }
        },
      };
      const onAbort = () => {
        const place = this.#queue.indexOf(job);
        if (place >= 0) this.#queue.splice(place, 1);
        reject(abortedError());
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#queue.push(job);
      void this.#pump();
    });
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) await job.start();
    this.#pumping = false;
  }

  async #boot(): Promise<Answer<"load">> {
    if (this.#closed) throw closedError();
    const worker = this.#spawned();
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
      if (worker === this.#worker) this.#receive(data);
    });
    const died = (reason: string) => {
      if (worker !== this.#worker) return;
      this.#dropWorker();
      this.#flight?.reject(unavailable(reason));
    };
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      died(event.message || NOT_LOADED);
    });
    worker.addEventListener("messageerror", () => died("its answer could not be read"));
    try {
      return await this.#exchange({ kind: "load", ask: this.#load }, []);
    } catch (error) {
      this.#dropWorker();
      throw error;
    }
  }

  /** Starts the worker; by their policy, some browsers refuse it at once, and others later. */
  #spawned(): Worker {
    try {
      return this.#spawn();
    } catch (cause) {
      throw unavailable(
        `${cause instanceof Error ? cause.message : String(cause)}; ${untrusted(cause) ?? NOT_LOADED}`,
      );
    }
  }

  #exchange<K extends CallKind>(request: Request<K>, transfer: Transferable[]): Promise<Answer<K>> {
    const worker = this.#worker;
    return new Promise<Answer<K>>((resolve, reject) => {
      if (worker === undefined) return reject(closedError());
      this.#flight = { resolve: resolve as Flight["resolve"], reject };
      try {
        worker.postMessage(request, transfer);
      } catch (error) {
        reject(unsendable(request.kind, error));
      }
    }).finally(() => {
      this.#flight = undefined;
    });
  }

  #receive(reply: Reply): void {
    switch (reply.type) {
      case "progress":
        return this.#onProgress(reply.progress);
      case "lost":
        return this.onLost(reply.failure);
      case "answer":
        return this.#flight?.resolve(reply.answer);
      case "failure":
        if (reply.failure.code === codes.engineCrashed) this.#dropWorker();
        return this.#flight?.reject(new CandlingError(reply.failure));
    }
  }

  #dropWorker(): void {
    if (this.#worker === undefined) return;
    this.#worker.terminate();
    this.#worker = undefined;
    this.#generation += 1;
  }
}

export function abortedError(): CandlingError {
  return new CandlingError({ code: codes.aborted, message: "the call was aborted" });
}

/** Rejects when `signal` is aborted before `answer` is there. */
export function abortable<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortedError());
    if (signal?.aborted) return onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    answer.then(resolve, reject).finally(() => signal?.removeEventListener("abort", onAbort));
  });
}

export function closedError(): CandlingError {
  return new CandlingError({ code: codes.closed, message: "this candling was closed; load a new one" });
}

function unavailable(reason: string): CandlingError {
  return new CandlingError({ code: codes.engineUnavailable, message: `the worker failed: ${reason}` });
}

function lost(): CandlingError {
  return new CandlingError({
    code: codes.runLost,
    message: "the engine crashed after this run was made, and the run is lost with it; run the photo again",
  });
}

/**
 * Error for a request that `postMessage` refused: a bitmap of another origin, whose pixels may not be read,
 * or an argument of a type that is not allowed here.
 */
function unsendable(kind: CallKind, error: unknown): CandlingError {
  const reason = error instanceof Error ? error.message : String(error);
  if (kind !== "run" && kind !== "frame")
    return new CandlingError({ code: codes.badArgument, message: `${kind}: ${reason}` });
  return new CandlingError({
    code: codes.taintedImage,
    message:
      `the picture's pixels may not be read: it comes from another origin without CORS (${reason}); ` +
      `serve it from this origin, or with access-control-allow-origin and crossorigin="anonymous" on the img`,
  });
}
