/** Faulty GPUs, and the files that are fetched for one. */
import { waitUntil } from "./patience.mjs";

/** Sources by page. */
const sources = new WeakMap();

/** Runs `source` in each new worker before anything else, after what was given for it before. */
export async function inWorker(page, source) {
  const given = sources.get(page) ?? [];
  given.push(source);
  if (given.length > 1) return;
  sources.set(page, given);
  await page.route("**/lib/candling-worker.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${given.join(";\n")};\n${await response.text()}` });
  });
}

/**
 * Disables timeouts in a worker or a page. A software adapter is as slow as the machine is busy, and would be
 * given up at some time.
 */
export const disableTimeouts = `if (self.timeUp === undefined) {
  const { setTimeout, clearTimeout } = self;
  const held = new Map();
  let last = 0;
  self.setTimeout = (work, wait = 0, ...given) => {
    if (wait < 5000) return setTimeout(work, wait, ...given);
    held.set(--last, { work, wait });
    return last;
  };
  self.clearTimeout = (id) => held.delete(id) || clearTimeout(id);
  self.timeUp = () => {
    const all = [...held.values()];
    for (const { work } of all) work();
    return all.map(({ wait }) => wait);
  };
}`;

/** Waits until a worker waits for its GPU, fires its timeout, and returns its length in milliseconds. */
export async function fireTimeout(page) {
  let waits = [];
  await waitUntil(async () => {
    for (const worker of page.workers())
      waits = waits.concat(await worker.evaluate("self.timeUp()").catch(() => []));
    return waits.length > 0;
  });
  return waits;
}

/**
 * Calls `destroy()` on the device after a number of submitted command buffers; the first ends the loading.
 */
export const destroyedAfter = (submissions) => `{
  let device;
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...given) { return (device = await requestDevice.apply(this, given)); };
  let left = ${submissions};
  const { submit } = GPUQueue.prototype;
  GPUQueue.prototype.submit = function (buffers) { submit.call(this, buffers); if (--left === 0) device.destroy(); };
}`;

/**
 * Makes each call of this method take an hour more by the worker's clock, so that which backend is faster
 * does not depend on the machine.
 */
export const slowed = (type, method) => `{
  let late = 0;
  const { now } = performance;
  performance.now = () => now.call(performance) + late;
  const does = ${type}.prototype.${method};
  ${type}.prototype.${method} = function (...given) { late += 3_600_000; return does.apply(this, given); };
}`;

/** Makes a software adapter claim to be a GPU. */
export const dressedUp = `Object.defineProperty(GPUAdapter.prototype, "info", { get: () => ({ vendor: "acme", architecture: "one", description: "" }) })`;

/** The addresses of the GPU engine among these. */
export const ofGpu = (requests) => requests.filter((url) => url.includes("/lib/webgpu/"));
