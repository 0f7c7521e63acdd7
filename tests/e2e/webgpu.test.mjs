/**
 * The GPU: chosen as it should be, and after any failure (device lost, out of memory, no adapter) a correct
 * heatmap comes from the CPU.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { destroyedAfter, dressedUp, inWorker, ofGpu, slowed } from "./support/gpu.mjs";
import { emptyPage, MODEL, setTraps, stage } from "./support/stage.mjs";

const card = stage({ card: true });
const noCard = stage();

/**
 * Grad-CAM and Guided Backpropagation of a photo, with the backend of each, the backend events, and whether
 * the numbers equal those of a CPU client, to the bit.
 */
async function explained(page, backend = "webgpu") {
  await emptyPage(page);
  return page.evaluate(
    async ([model, backend]) => {
      const { Candling } = await import("/lib/candling.js");
      const photo = await (await fetch("/samples/dog_cat.jpg")).blob();
      const told = [];
      const maps = async (candling) => {
        const run = await candling.run(photo);
        const cam = await run.explain({ method: "grad-cam", target: 285 });
        return { run, cam, pixels: await run.explain({ method: "guided-backprop", target: 285 }) };
      };
      const candling = await Candling.load({ model, backend, onBackend: (state) => told.push(state) });
      const given = await maps(candling);
      const sound = await Candling.load({ model, backend: "cpu" });
      const expected = await maps(sound);
      const same = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);
      const answer = {
        told,
        state: candling.backend,
        backends: [given.run.backend, given.cam.backend, given.pixels.backend],
        same:
          same(given.run.logits, expected.run.logits) &&
          same(given.cam.data, expected.cam.data) &&
          same(given.pixels.data, expected.pixels.data),
        peak: given.cam.peak,
      };
      candling.close();
      sound.close();
      return answer;
    },
    [MODEL, backend],
  );
}

test("asked for by name, the card answers, and only then its engine is fetched", async () => {
  await card.withPage(async (page, requests) => {
    const { told, backends, peak } = await explained(page, "cpu");
    assert.deepEqual(told, []);
    assert.deepEqual(backends, ["cpu", "cpu", "cpu"]);
    assert.deepEqual(ofGpu(requests), []);
    const onCard = await explained(page);
    assert.deepEqual(onCard.told, [{ backend: "webgpu", reason: "asked", adapter: "google, swiftshader" }]);
    assert.deepEqual(onCard.backends, ["webgpu", "webgpu", "webgpu"]);
    assert.equal(ofGpu(requests).length, 2);
    assert.deepEqual({ x: onCard.peak.x, y: onCard.peak.y }, { x: peak.x, y: peak.y });
  });
});

const faults = {
  "no WebGPU at all": {
    source: `Object.defineProperty(navigator, "gpu", { value: undefined })`,
    code: "backend-unavailable",
    backends: ["cpu", "cpu", "cpu"],
  },
  "the adapter is refused": {
    source: `GPU.prototype.requestAdapter = async () => null`,
    code: "backend-unavailable",
    backends: ["cpu", "cpu", "cpu"],
  },
  "the device is refused": {
    source: `GPUAdapter.prototype.requestDevice = async () => { throw new DOMException("refused", "OperationError"); }`,
    code: "backend-unavailable",
    backends: ["cpu", "cpu", "cpu"],
  },
  "too little memory while it loads": {
    source: `GPUDevice.prototype.popErrorScope = async () => new GPUOutOfMemoryError("too little memory")`,
    code: "backend-lost",
    backends: ["cpu", "cpu", "cpu"],
  },
  "a pipeline that cannot be made": {
    source: `{
      const { createComputePipeline } = GPUDevice.prototype;
      GPUDevice.prototype.createComputePipeline = function (given) {
        return createComputePipeline.call(this, { ...given, compute: { ...given.compute, entryPoint: "nothing" } });
      };
    }`,
    code: "backend-lost",
    backends: ["cpu", "cpu", "cpu"],
  },
  "the device is lost in the forward pass": {
    source: destroyedAfter(2),
    code: "backend-lost",
    backends: ["cpu", "cpu", "cpu"],
  },
  "the device is lost on the way back": {
    source: destroyedAfter(3),
    code: "backend-lost",
    backends: ["webgpu", "cpu", "cpu"],
  },
  "numbers that are none": {
    source: `{
      const { getMappedRange } = GPUBuffer.prototype;
      GPUBuffer.prototype.getMappedRange = function (...given) {
        const bytes = getMappedRange.apply(this, given);
        if (bytes.byteLength > 4) new Float32Array(bytes).fill(Number.NaN);
        return bytes;
      };
    }`,
    code: "not-finite",
    backends: ["cpu", "cpu", "cpu"],
  },
};

for (const [name, { source, code, backends }] of Object.entries(faults)) {
  test(`${name}: the processor answers, and it is told`, async () => {
    await card.withPage(
      async (page) => {
        await inWorker(page, source);
        const given = await explained(page);
        assert.deepEqual(given.backends, backends);
        const last = given.told.at(-1);
        assert.deepEqual({ backend: last.backend, code: last.code }, { backend: "cpu", code });
        assert.match(last.message, /graphics card|not finite/);
        assert.deepEqual(given.state, last);
        assert.equal(given.told.filter((state) => state.code !== undefined).length, 1, "told once");
        // logits of a run on the GPU are rounded differently
        if (backends[0] === "cpu") assert.ok(given.same, "the processor's numbers");
      },
      { expectErrors: /GPU|WebGPU|Device|device/ },
    );
  });
}

test("the engine of the card cannot be fetched: the processor answers", async () => {
  await card.withPage(
    async (page) => {
      await page.route("**/lib/webgpu/*", (route) => route.fulfill({ status: 404 }));
      const { told, same } = await explained(page);
      assert.deepEqual([told.at(-1).reason, told.at(-1).code], ["failed", "engine-unavailable"]);
      assert.ok(same);
    },
    { expectErrors: /404/ },
  );
});

test("auto: a software adapter is left alone, and nothing is fetched for it", async () => {
  await card.withPage(async (page, requests) => {
    const state = await decided(page);
    assert.deepEqual(state, { backend: "cpu", reason: "software", adapter: "google, swiftshader" });
    assert.deepEqual(ofGpu(requests), []);
  });
  await noCard.withPage(async (page, requests) => {
    const state = await decided(page);
    assert.deepEqual(state, { backend: "cpu", reason: "unavailable" });
    assert.deepEqual(ofGpu(requests), []);
  });
});

test("auto: a card is measured once, and the slower one is not asked for again", async () => {
  await card.withPage(async (page, requests) => {
    await inWorker(page, dressedUp);
    await inWorker(page, slowed("GPUQueue", "submit"));
    const { milliseconds, ...state } = await decided(page);
    assert.deepEqual(state, { backend: "cpu", reason: "measured", adapter: "acme, one" });
    assert.ok(milliseconds.webgpu > milliseconds.cpu, JSON.stringify(milliseconds));
    assert.equal(ofGpu(requests).length, 2);
    assert.deepEqual(await decided(page), { backend: "cpu", reason: "remembered", adapter: "acme, one" });
    assert.equal(ofGpu(requests).length, 2, "nothing more is fetched");
  });
});

test("auto: the faster card is taken, now and at the next visit", async () => {
  await card.withPage(async (page) => {
    await inWorker(page, dressedUp);
    await setTraps(page, { source: slowed("Engine", "forward") });
    const { milliseconds, ...state } = await decided(page);
    assert.deepEqual(state, { backend: "webgpu", reason: "measured", adapter: "acme, one" });
    assert.ok(milliseconds.webgpu < milliseconds.cpu, JSON.stringify(milliseconds));
    assert.deepEqual(await decided(page), { backend: "webgpu", reason: "remembered", adapter: "acme, one" });
    assert.equal(
      await page.evaluate(async () => (await window.candling.run(window.photo)).backend),
      "webgpu",
    );
  });
});

test("auto: what is chosen before it has decided stands", async () => {
  await card.withPage(async (page) => {
    await emptyPage(page);
    const state = await page.evaluate(async (model) => {
      const { Candling } = await import("/lib/candling.js");
      const { requestIdleCallback } = window;
      const quiet = new Promise((resolve) => {
        window.requestIdleCallback = (work) => requestIdleCallback(() => resolve(work()));
      });
      const candling = await Candling.load({ model });
      await candling.run(new ImageData(8, 8));
      await candling.useBackend("webgpu");
      // when it would have decided; this would come after it
      await quiet;
      await candling.stats();
      return candling.backend;
    }, MODEL);
    assert.deepEqual(state, { backend: "webgpu", reason: "asked", adapter: "google, swiftshader" });
  });
});

/** The decision of `auto` after a first photo, which the CPU answers. */
async function decided(page) {
  await emptyPage(page);
  return page.evaluate(async (model) => {
    const { Candling } = await import("/lib/candling.js");
    window.photo = await (await fetch("/samples/dog_cat.jpg")).blob();
    return new Promise((resolve, reject) => {
      const start = async () => {
        window.candling = await Candling.load({ model, onBackend: resolve });
        const { backend } = await window.candling.run(window.photo);
        if (backend !== "cpu") throw new Error(`the first answer came from ${backend}`);
      };
      start().catch(reject);
    });
  }, MODEL);
}

test("runs outlive a change of the backend, and experiments are the processor's in any case", async () => {
  await card.withPage(async (page) => {
    await emptyPage(page);
    const found = await page.evaluate(async (model) => {
      const { Candling } = await import("/lib/candling.js");
      const candling = await Candling.load({ model, backend: "webgpu" });
      const run = await candling.run(await (await fetch("/samples/dog_cat.jpg")).blob());
      const state = await candling.useBackend("cpu");
      const map = await run.explain({ method: "grad-cam" });
      const before = (await candling.stats()).forwards;
      const { probabilities } = await run.perturb({ mask: new Uint8Array(224 * 224) });
      const again = await run.perturb({ mask: new Uint8Array(224 * 224) });
      const { forwards } = await candling.stats();
      const identities = await run.identities();
      run.free();
      return {
        state,
        backend: map.backend,
        apart: Math.abs(probabilities[run.predictions[0].index] - run.predictions[0].probability),
        again: again.probabilities.length,
        passes: forwards - before,
        hold: identities.every(({ residual, bound }) => residual <= bound),
        wrong: await candling
          .run(new ImageData(8, 8))
          .then((run) => run.explain({ method: "grad-cam", layer: "nowhere" }))
          .catch(({ code }) => code),
      };
    }, MODEL);
    assert.deepEqual(found.state, { backend: "cpu", reason: "asked" });
    assert.equal(found.backend, "webgpu");
    assert.ok(found.apart < 1e-5, `probabilities apart by ${found.apart}`);
    assert.equal(found.passes, 3, "the processor ran the photo once, and each experiment");
    assert.ok(found.hold);
    assert.equal(found.wrong, "unknown-layer");
  });
});

test("a wrong question is refused by the card as by the processor, and costs it nothing", async () => {
  await card.withPage(async (page) => {
    await emptyPage(page);
    const { codes, backend } = await page.evaluate(async (model) => {
      const { Candling } = await import("/lib/candling.js");
      const candling = await Candling.load({ model, backend: "webgpu" });
      const run = await candling.run(new ImageData(8, 8));
      const refused = (work) =>
        work.then(
          () => "",
          ({ code }) => code,
        );
      const codes = [
        await refused(run.explain({ method: "grad-cam", layer: "nowhere" })),
        await refused(run.explain({ method: "cam", layer: "stem" })),
        await refused(run.explain({ method: "gradient", layer: "stem" })),
        await refused(candling.runTensor(new Float32Array(3 * 64 * 64).fill(Number.NaN), [1, 3, 64, 64])),
      ];
      return { codes, backend: candling.backend };
    }, MODEL);
    assert.deepEqual(codes, ["unknown-layer", "bad-argument", "bad-argument", "not-finite"]);
    assert.equal(backend.backend, "webgpu");
  });
});

test("a live stream on the card, through its loss", async () => {
  await card.withPage(
    async (page) => {
      await inWorker(page, destroyedAfter(6));
      await emptyPage(page);
      const { frames, failed, state } = await page.evaluate(async (model) => {
        const { Candling } = await import("/lib/candling.js");
        const candling = await Candling.load({ model, backend: "webgpu" });
        const picture = await createImageBitmap(await (await fetch("/samples/dog_cat.jpg")).blob());
        async function* pictures() {
          for (let i = 0; i < 4; i++) yield await createImageBitmap(picture);
        }
        const frames = [];
        const slow = async function* () {
          for await (const frame of pictures()) {
            const before = frames.length;
            yield frame;
            while (frames.length === before) await new Promise((resolve) => setTimeout(resolve, 20));
          }
        };
        const onFrame = ({ backend, target, max }) => frames.push({ backend, class: target.class, max });
        const { failed } = await candling.live({ source: slow(), onFrame });
        return { frames, failed, state: candling.backend };
      }, MODEL);
      assert.equal(failed, 0);
      assert.equal(frames.length, 4);
      assert.deepEqual(
        frames.map(({ backend }) => backend),
        ["webgpu", "webgpu", "cpu", "cpu"],
      );
      for (const frame of frames)
        assert.ok(
          frame.class === 235 && Math.abs(frame.max / frames[0].max - 1) < 1e-4,
          JSON.stringify(frame),
        );
      assert.equal(state.code, "backend-lost");
    },
    { expectErrors: /GPU|Device|device/ },
  );
});
