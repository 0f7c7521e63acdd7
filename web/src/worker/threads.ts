/** Start of the engine's threads, which are workers of this worker. */
import { trusted } from "../platform/trusted.js";
import type { Wasm } from "./engine.js";

/**
 * Starts that many threads. If one fails, for which the thread pool's own code would wait forever, all are
 * ended and the call fails.
 *
 * That code calls `new Worker` without reporting errors, so `self.Worker` is replaced meanwhile.
 */
export async function startThreads(start: NonNullable<Wasm["initThreadPool"]>, count: number): Promise<void> {
  const Plain = self.Worker;
  const workers: Worker[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      self.Worker = class extends Plain {
        constructor(script: string | URL, options?: WorkerOptions) {
          super(trusted(script), options);
          workers.push(this);
          this.addEventListener("error", (event) => {
            event.preventDefault();
            reject(new Error(`a thread did not start: ${event.message || "its script did not load"}`));
          });
        }
      };
      start(count).then(resolve, reject);
    });
  } catch (cause) {
    for (const worker of workers) worker.terminate();
    throw cause;
  } finally {
    self.Worker = Plain;
  }
}
