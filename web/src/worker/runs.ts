/**
 * All runs that were not freed.
 *
 * Each has its activations, tens of megabytes of a memory that ends at a few gigabytes, or at less on a
 * phone, and when that is full the engine crashes and takes all runs with it. So only those that were used
 * last keep theirs; the others are run again when they are asked, which gives the same bits.
 */
import type { EngineInfo } from "../protocol.js";
import type { KeptRun, Size } from "./run.js";

/** Largest size of all activations in bytes: nine runs of the model that comes with the package. */
const MOST_BYTES = 256 * 2 ** 20;

export class Runs {
  /** In the order in which they were used last. */
  readonly #runs = new Map<number, KeptRun>();
  readonly #bytesPerPixel: number;
  #told = false;

  constructor({ layers, inputWidth, inputHeight }: EngineInfo) {
    const values = layers.reduce((sum, { channels, height, width }) => sum + channels * height * width, 0);
    this.#bytesPerPixel = (values * Float32Array.BYTES_PER_ELEMENT) / (inputWidth * inputHeight);
  }

  get size(): number {
    return this.#runs.size;
  }

  /** The one that was used last. */
  get last(): KeptRun | undefined {
    return [...this.#runs.values()].at(-1);
  }

  /** Number of runs that hold their activations, and their size in bytes. */
  get held(): { readonly count: number; readonly bytes: number } {
    const held = [...this.#runs.values()].filter(({ isHeld }) => isHeld);
    return { count: held.length, bytes: held.reduce((sum, { size }) => sum + this.#bytesOf(size), 0) };
  }

  add(handle: number, run: KeptRun): void {
    this.#runs.set(handle, run);
  }

  /** The run is used now. */
  use(handle: number): KeptRun | undefined {
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

  /** To be called before an input of this size is run; `kept` is a run of it that keeps what it has. */
  makeRoom(size: Size, kept?: KeptRun): void {
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

  /** For whoever writes the page, once. */
  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    console.warn(
      `candling: ${this.size} runs were not freed. Those used least recently give up their memory, and take a forward pass when they are asked ` +
        "again. Call run.free() as soon as a photo is done with.",
    );
  }
}
