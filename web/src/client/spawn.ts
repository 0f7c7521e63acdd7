/** Start of the worker. */
import { workerFile } from "./files.js";
import { trusted } from "../platform/trusted.js";

/**
 * Starts the worker. It must be of the page's own origin; if the files are at another one, as on a CDN, it is
 * a single line that imports them.
 */
export function spawnWorker(): Worker {
  const options = { type: "module", name: "candling" } as const;
  if (workerFile.origin === location.origin) return new Worker(trusted(workerFile), options);
  const line = new Blob([`import ${JSON.stringify(workerFile.href)};`], { type: "text/javascript" });
  const address = URL.createObjectURL(line);
  const worker = new Worker(trusted(address), options);
  // the first message or error proves that the script was read
  const forget = () => URL.revokeObjectURL(address);
  worker.addEventListener("message", forget, { once: true });
  worker.addEventListener("error", forget, { once: true });
  return worker;
}
