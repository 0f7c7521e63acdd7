/**
 * Candling, in a worker, as the product runs it (the build with threads may not block a page's main thread).
 * Times are taken in the worker, around the calls.
 */
import { publish } from "./operations.mjs";

const worker = new Worker(`/pages/candling-worker.js${location.search}`, { type: "module" });
const calls = [];
worker.addEventListener("message", ({ data: { answer, error } }) => {
  const { resolve, reject } = calls.shift();
  if (error === undefined) resolve(answer);
  else reject(new Error(error));
});
worker.addEventListener("error", (event) => {
  window.benchError ??= event.message ?? "the worker could not be started";
});

const call = (name, ...args) =>
  new Promise((resolve, reject) => {
    calls.push({ resolve, reject });
    worker.postMessage({ name, args });
  });

await call("ready");
publish({
  time: (operation, count) => call("time", operation, count),
  value: (operation) => call("value", operation),
  memory: () => call("memory"),
  profile: (rounds) => call("profile", rounds),
});
