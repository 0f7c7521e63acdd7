/**
 * GPUs that never answer, crash, or come and go: nobody waits for long, what is reported is true, and a new
 * one is not blamed for an old one.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { destroyedAfter, dressedUp, inWorker, fireTimeout } from "./support/gpu.mjs";
import { waitUntil } from "./support/patience.mjs";
import { emptyPage, idle, MODEL, stage, workersLeft } from "./support/stage.mjs";

const card = stage({ card: true });

/** Opens an empty page with a photo and a record of backend events. */
async function client(page) {
  await emptyPage(page);
  await page.evaluate(async (model) => {
    const { Candling } = await import("/lib/candling.js");
    window.photo = await (await fetch("/samples/dog_cat.jpg")).blob();
    window.told = [];
    window.load = (options) =>
      Candling.load({ model, onBackend: (state) => window.told.push(state), ...options });
    /** waits for a number of events */
    window.heard = async (count = 1) => {
      while (window.told.length < count) await new Promise((resolve) => setTimeout(resolve, 50));
      return window.told.at(-1);
    };
  }, MODEL);
}

test("an adapter that never comes holds nobody up for longer than it is waited for", async () => {
  await card.withPage(async (page) => {
    await inWorker(page, `GPU.prototype.requestAdapter = () => new Promise(() => {})`);
    await client(page);
    await page.evaluate(async () => {
      window.candling = await window.load({});
      await window.candling.run(window.photo);
    });
    const [waited] = await fireTimeout(page);
    assert.ok(waited < 8000, `${waited} ms`);
    const { backend, state } = await page.evaluate(async () => ({
      backend: (await window.candling.run(window.photo)).backend,
      state: await window.heard(),
    }));
    assert.equal(backend, "cpu");
    assert.deepEqual(state, { backend: "cpu", reason: "unavailable" });
  });
});

test("files that never come can be cancelled while they load, and are given up in the end", async () => {
  await card.withPage(async (page) => {
    let asked = 0;
    await page.route("**/lib/webgpu/*", () => void asked++);
    await client(page);
    await page.evaluate(() => {
      window.cancel = new AbortController();
      window.loading = window
        .load({ backend: "webgpu", signal: window.cancel.signal })
        .catch((error) => error.code);
    });
    await waitUntil(() => asked > 0);
    // nobody has ended the wait for the files
    const code = await page.evaluate(() => {
      window.cancel.abort();
      return window.loading;
    });
    assert.equal(code, "aborted");
    await workersLeft(page, 0);
    const given = page.evaluate(async () => {
      const candling = await window.load({ backend: "webgpu" });
      return { state: candling.backend, backend: (await candling.run(window.photo)).backend };
    });
    assert.deepEqual(await fireTimeout(page), [10_000]);
    const { state, backend } = await given;
    assert.deepEqual([state.backend, state.reason, state.code], ["cpu", "failed", "backend-lost"]);
    assert.match(state.message, /did not come for 10 seconds/);
    assert.equal(backend, "cpu");
  });
});

test("a trap in the card's engine: the processor answers, runs are kept, and the engine is not touched again", async () => {
  await card.withPage(async (page) => {
    // the second submission is a forward pass: the first ended the loading
    await inWorker(
      page,
      `{
        const { submit } = GPUQueue.prototype;
        let left = 4;
        GPUQueue.prototype.submit = function (buffers) {
          if (--left === 0) throw new WebAssembly.RuntimeError("unreachable");
          submit.call(this, buffers);
        };
      }`,
    );
    await client(page);
    const found = await page.evaluate(async () => {
      const candling = await window.load({ backend: "webgpu" });
      const first = await candling.run(window.photo);
      const map = await first.explain({ method: "grad-cam", target: 285 });
      const second = await candling.run(window.photo);
      const state = candling.backend;
      const again = await first.explain({ method: "grad-cam", target: 235 });
      return {
        backends: [first.backend, map.backend, second.backend, again.backend],
        state,
        asked: await candling.useBackend("webgpu"),
      };
    });
    assert.deepEqual(found.backends, ["webgpu", "webgpu", "cpu", "cpu"]);
    assert.deepEqual([found.state.reason, found.state.code], ["failed", "backend-lost"]);
    assert.match(found.state.message, /crashed/);
    assert.equal(found.asked.backend, "cpu");
    assert.match(found.asked.message, /loaded anew/);
  });
});

test("auto measures, also where no photo is kept", async () => {
  await card.withPage(async (page) => {
    await inWorker(page, dressedUp);
    await client(page);
    const { state, kept } = await page.evaluate(async () => {
      const candling = await window.load({});
      (await candling.run(window.photo)).free();
      return { state: await window.heard(), kept: localStorage.getItem("candling-backend") };
    });
    assert.equal(state.reason, "measured");
    assert.ok(state.milliseconds.cpu > 0 && state.milliseconds.webgpu > 0);
    assert.match(kept, /acme, one/);
  });
});

test("after a failure auto stays with the processor and says why, until the card is asked for by name", async () => {
  await card.withPage(async (page) => {
    await inWorker(page, `${dressedUp};${destroyedAfter(2)}`);
    await client(page);
    const states = await page.evaluate(async () => {
      const candling = await window.load({ backend: "webgpu" });
      await candling.run(window.photo);
      const failed = candling.backend;
      await candling.useBackend("cpu");
      const auto = await candling.useBackend("auto");
      const named = await candling.useBackend("webgpu");
      const then = await candling.useBackend("auto");
      return { failed, auto, named, then };
    });
    assert.deepEqual([states.failed.reason, states.failed.code], ["failed", "backend-lost"]);
    assert.deepEqual(states.auto, states.failed);
    assert.deepEqual([states.named.backend, states.named.reason], ["webgpu", "asked"]);
    assert.ok(["measured", "remembered"].includes(states.then.reason), JSON.stringify(states.then));
  });
});

test("a run of a card that was lost costs the next card nothing", async () => {
  await card.withPage(async (page) => {
    await inWorker(page, destroyedAfter(3));
    await client(page);
    const found = await page.evaluate(async () => {
      const candling = await window.load({ backend: "webgpu" });
      const old = await candling.run(window.photo);
      const lost = await candling.run(window.photo);
      await candling.useBackend("webgpu");
      const fresh = await candling.run(window.photo);
      const map = await old.explain({ method: "grad-cam" });
      return {
        backends: [old.backend, lost.backend, fresh.backend, map.backend],
        state: candling.backend,
        next: (await candling.run(window.photo)).backend,
      };
    });
    assert.deepEqual(found.backends, ["webgpu", "cpu", "webgpu", "cpu"]);
    assert.deepEqual([found.state.backend, found.state.reason], ["webgpu", "asked"]);
    assert.equal(found.next, "webgpu");
  });
});

test("the lab: a card that does not come is waited for in words, and cancelled", async () => {
  await card.withPage(async (page) => {
    await page.route("**/lib/webgpu/*", () => {});
    await page.addInitScript(
      () =>
        localStorage.getItem("candling-lab-backend") ??
        localStorage.setItem("candling-lab-backend", "webgpu"),
    );
    await page.goto("/");
    const says = (words) =>
      page.waitForFunction(
        (words) => document.querySelector("#loading-text").textContent.includes(words),
        words,
      );
    await says("Waking the graphics card");
    await page.evaluate(() => localStorage.setItem("candling-lab-backend", "cpu"));
    await page.click("#loading-button");
    await page.waitForFunction(() => document.querySelector("#loading-button").textContent !== "Cancel");
    await page.click("#loading-button");
    await idle(page);
    await says("in this tab");
  });
});
