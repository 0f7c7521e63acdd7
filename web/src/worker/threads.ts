/** The start of the engine's threads, which are workers of this worker. */
import { trusted } from "../platform/trusted.js";
import type { Wasm } from "./engine.js";

/**
 * Starts so many. Fails where one of them does not start, which the pool's own code would wait for without end; none of them is left then.
 *
 * That code calls `new Worker` without a way to hear of it, so it finds another `Worker` there for as long as it takes.
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
