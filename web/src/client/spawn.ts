/** The worker's start. */
import { workerFile } from "./files.js";
import { trusted } from "../platform/trusted.js";

/** A worker must be of the page's own origin. Where the files lie at another one, as on a CDN, the worker is a line that imports them. */
export function spawnWorker(): Worker {
  const options = { type: "module", name: "candling" } as const;
  if (workerFile.origin === location.origin) return new Worker(trusted(workerFile), options);
  const line = new Blob([`import ${JSON.stringify(workerFile.href)};`], { type: "text/javascript" });
  const address = URL.createObjectURL(line);
  const worker = new Worker(trusted(address), options);
  // The first message says that it was read, and so does an error.
  const forget = () => URL.revokeObjectURL(address);
  worker.addEventListener("message", forget, { once: true });
  worker.addEventListener("error", forget, { once: true });
  return worker;
}
