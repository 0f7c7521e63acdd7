/**
 * All runs that were not freed.
 *
 * Each holds its activations, tens of megabytes of a memory limited to a few gigabytes, or less on a phone;
 * when that is full, the engine crashes with all runs. So only the most recently used keep theirs; the others
 * are run again on demand, which gives the same bits.
 */
import type { EngineInfo } from "../protocol.js";
import type { StoredRun, Size } from "./run.js";

/** Limit for all activations: nine runs of the model that comes with the package. */
const MOST_BYTES = 256 * 2 ** 20;

export class Runs {
  /** Runs, least recently used first. */
  readonly #runs = new Map<number, StoredRun>();
  readonly #bytesPerPixel: number;
  #told = false;

  constructor({ layers, inputWidth, inputHeight }: EngineInfo) {
    const values = layers.reduce((sum, { channels, height, width }) => sum + channels * height * width, 0);
    this.#bytesPerPixel = (values * Float32Array.BYTES_PER_ELEMENT) / (inputWidth * inputHeight);
  }

  get size(): number {
    return this.#runs.size;
  }

  /** The most recently used run. */
  get last(): StoredRun | undefined {
    return [...this.#runs.values()].at(-1);
  }

  /** Number of runs with activations, and the bytes of these. */
  get held(): { readonly count: number; readonly bytes: number } {
    const held = [...this.#runs.values()].filter(({ isHeld }) => isHeld);
    return { count: held.length, bytes: held.reduce((sum, { size }) => sum + this.#bytesOf(size), 0) };
  }

  add(handle: number, run: StoredRun): void {
    this.#runs.set(handle, run);
  }

  /** Returns a run and marks it as used. */
  use(handle: number): StoredRun | undefined {
    const run = this.#runs.get(handle);
    if (run !== undefined) {
      this.#runs.delete(handle);
      this.#runs.set(handle, run);
    }
    return run;
  }

  free(handle: number): void {
    this.#runs.get(handle)?.free();
    this.#runs.delete(handle);
  }

  /** Releases runs before an input of this size is run; `kept` is a run of it that stays as it is. */
  makeRoom(size: Size, kept?: StoredRun): void {
    let bytes = this.held.bytes + this.#bytesOf(size);
    for (const run of this.#runs.values()) {
      if (bytes <= MOST_BYTES) return;
      if (run === kept || !run.isHeld) continue;
      bytes -= this.#bytesOf(run.size);
      run.letGo();
      this.#tell();
    }
  }

  #bytesOf({ height, width }: Size): number {
    return height * width * this.#bytesPerPixel;
  }

  /** Warns the page's author, once. */
  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    console.warn(
      `candling: ${this.size} runs were not freed. Those used least recently give up their memory, and take a forward pass when they are asked ` +
        "again. Call run.free() as soon as a photo is done with.",
    );
  }
}
