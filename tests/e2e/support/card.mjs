/** Graphics cards that are not what they should be, and what is fetched for one. */

/** Runs `source` in each new worker before anything else. */
export async function inWorker(page, source) {
  await page.route("**/lib/candling-worker.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${source};\n${await response.text()}` });
  });
}

/** Calls `destroy()` on the device when so many command buffers were submitted to it; the first ends the loading. */
export const destroyedAfter = (submissions) => `{
  let device;
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...given) { return (device = await requestDevice.apply(this, given)); };
  let left = ${submissions};
  const { submit } = GPUQueue.prototype;
  GPUQueue.prototype.submit = function (buffers) { submit.call(this, buffers); if (--left === 0) device.destroy(); };
}`;

/** A software adapter that says it is none. */
export const dressedUp = `Object.defineProperty(GPUAdapter.prototype, "info", { get: () => ({ vendor: "acme", architecture: "one", description: "" }) })`;

/** Of these addresses, those of the card's engine. */
export const ofCard = (requests) => requests.filter((url) => url.includes("/lib/webgpu/"));
