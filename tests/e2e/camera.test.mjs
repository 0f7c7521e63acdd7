/** The lab's camera: which frames it explains and drops, and that it is on only while it is shown. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { destroyedAfter, inWorker } from "./support/gpu.mjs";
import { hold } from "./support/lab.mjs";
import { idle, MODEL, numbers, openLab, stage } from "./support/stage.mjs";

const { withPage } = stage();
const card = stage({ card: true });

/** Runs in each page before its scripts: `cameras` are the tracks that it was given. */
const keepTracks = () => {
  window.cameras = [];
  const { getUserMedia } = MediaDevices.prototype;
  MediaDevices.prototype.getUserMedia = async function (...given) {
    const stream = await getUserMedia.apply(this, given);
    window.cameras.push(...stream.getTracks());
    return stream;
  };
};

/** Opens the dialog and waits for the first explained frame. */
async function openCamera(page, { explained = true } = {}) {
  await page.addInitScript(keepTracks);
  await openLab(page);
  await page.click("#camera");
  if (explained) await nextFrame(page);
}

/** Waits for a frame that is explained after now. */
async function nextFrame(page) {
  await page.evaluate(() =>
    document.querySelectorAll("#camera-live").forEach((canvas) => delete canvas.dataset.max),
  );
  await page.waitForSelector("#camera-live[data-max]:not([hidden])");
}

/**
 * Closes the dialog in some way and waits until the page has received the event: the dialog is seen closed a
 * moment before.
 */
async function closedBy(page, act) {
  await page.evaluate(() => {
    const dialog = document.querySelector("#camera-dialog");
    window.closed = new Promise((resolve) =>
      dialog.addEventListener("close", () => resolve(), { once: true }),
    );
  });
  await act();
  await page.evaluate("closed");
  assert.equal(await page.getAttribute("#camera-dialog", "open"), null);
}

/** The labels of the network, from another client than the page's. */
const labelsOf = (page) =>
  page.evaluate(async (model) => {
    const { Candling } = await import("/lib/candling.js");
    const candling = await Candling.load({ model });
    return candling.labels;
  }, MODEL);

const tracks = (page) => page.evaluate(() => window.cameras.map(({ readyState }) => readyState));
const target = (page) => page.$eval("#camera-live", ({ dataset }) => Number(dataset.target));
const says = (page, words) =>
  page.waitForFunction(
    (source) => new RegExp(source).test(document.querySelector("#camera-text").textContent),
    words.source,
  );

/** Simulates a switch to another tab and back. */
const look = (page, hidden) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);

test("each frame is explained by its own top class; the box stops and starts it; closed, the camera is off", async () => {
  await withPage(async (page) => {
    await openCamera(page);
    assert.match(await page.textContent("#camera-reading"), /\d\s%.*frames a second$/);
    const labels = await labelsOf(page);
    const [said, lit] = await page.evaluate(() => [
      document.querySelector("#camera-reading").textContent,
      document.querySelector("#camera-live").dataset.target,
    ]);
    assert.ok(said.startsWith(`${labels[lit]}, `), `${said}, ${labels[lit]}`);
    await page.uncheck("#camera-explain");
    await page.waitForSelector("#camera-live", { state: "hidden" });
    assert.equal(await page.getAttribute("#camera-pin", "aria-disabled"), "true");
    await page.$eval("#camera-pin", (button) => button.click());
    assert.equal(
      await page.getAttribute("#camera-pin", "aria-pressed"),
      "false",
      "nothing is seen that could be pinned",
    );
    assert.deepEqual(await tracks(page), ["live"], "the picture goes on without the map");
    await page.check("#camera-explain");
    await nextFrame(page);
    await page.uncheck("#camera-explain");
    await page.fill("#camera-class", "teapot");
    await page.click('#camera-classes [data-class="849"]');
    await nextFrame(page);
    assert.ok(await page.isChecked("#camera-explain"), "who names a class wants to see it lit");
    await closedBy(page, () => page.click("#camera-cancel"));
    assert.deepEqual(await tracks(page), ["ended"]);
    assert.equal(await page.$eval("#camera-video", ({ srcObject }) => srcObject), null);
    // and the page answers as before
    await page.click('#predictions [data-class="285"]');
    await idle(page);
    assert.equal((await numbers(page, "cam")).target, 285);
  });
});

test("a class is pinned by a press or by its name, and stays whatever else is seen", async () => {
  await withPage(async (page) => {
    await openCamera(page);
    const pinned = () => page.getAttribute("#camera-pin", "aria-pressed");
    assert.equal(await pinned(), "false");
    await page.focus("#camera-class");
    await page.keyboard.type("teapot");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await says(page, /Pinned: teapot/);
    assert.equal(await pinned(), "true");
    await page.waitForSelector('#camera-live[data-target="849"]');
    assert.doesNotMatch(
      await page.textContent("#camera-reading"),
      /teapot/,
      "what it sees is told all the same",
    );
    await page.fill("#camera-class", "no such thing");
    await page.keyboard.press("Enter");
    await says(page, /no such thing/);
    assert.equal(await page.isVisible("#camera-dialog"), true);

    await page.click("#camera-pin");
    assert.equal(await pinned(), "false");
    await page.waitForSelector('#camera-live:not([data-target="849"])');
    // what is seen changes by the frame: the page says what it was when it was pinned
    const labels = await labelsOf(page);
    await page.click("#camera-pin");
    assert.equal(await pinned(), "true");
    await says(page, /Pinned: /);
    const [, label] = /Pinned: (.*)\./.exec(await page.textContent("#camera-text"));
    for (let frame = 0; frame < 5; frame++) {
      await nextFrame(page);
      assert.equal(labels[await target(page)], label);
    }
    // the pin is of this look through the camera
    await closedBy(page, () => page.keyboard.press("Escape"));
    await page.click("#camera");
    assert.equal(await pinned(), "false");
  });
});

test("a hidden page lets go of the camera, and takes it again when it is looked at", async () => {
  await withPage(async (page) => {
    await openCamera(page);
    await page.fill("#camera-class", "teapot");
    await page.click('#camera-classes [data-class="849"]');
    await page.waitForSelector('#camera-live[data-target="849"]');
    await look(page, true);
    await says(page, /off/);
    assert.deepEqual(await tracks(page), ["ended"]);
    assert.ok(await page.isDisabled("#camera-take"));
    await page.waitForSelector("#camera-live", { state: "hidden" });
    await look(page, false);
    await nextFrame(page);
    assert.deepEqual(await tracks(page), ["ended", "live"]);
    assert.equal(await target(page), 849, "it is still pinned");
    await says(page, /Pinned: teapot/);

    // closed while hidden: it stays off
    await look(page, true);
    await closedBy(page, () => page.click("#camera-cancel"));
    await look(page, false);
    assert.deepEqual(await tracks(page), ["ended", "ended"]);
  });
});

test("a camera that comes when it is no longer wanted is let go of", async () => {
  await withPage(async (page) => {
    await page.addInitScript(keepTracks);
    await openLab(page);
    await page.evaluate(() => {
      const { getUserMedia } = MediaDevices.prototype;
      MediaDevices.prototype.getUserMedia = async function (...given) {
        await new Promise((resolve) => (window.grant = resolve));
        return getUserMedia.apply(this, given);
      };
    });
    for (const away of [() => page.keyboard.press("Escape"), () => look(page, true)]) {
      await page.click("#camera");
      await says(page, /Waiting/);
      await page.waitForFunction(() => window.grant !== undefined);
      await away();
      const before = (await tracks(page)).length;
      await page.evaluate(() => {
        window.grant();
        delete window.grant;
      });
      await page.waitForFunction((before) => window.cameras.length > before, before);
      await page.waitForFunction(() => window.cameras.every(({ readyState }) => readyState === "ended"));
      assert.equal(await page.$eval("#camera-video", ({ srcObject }) => srcObject), null);
    }
  });
});

test("an unplugged camera and one that another program has: a word, and another try", async () => {
  await withPage(async (page) => {
    await openCamera(page);
    await page.evaluate(() => {
      const [track] = window.cameras;
      track.stop();
      track.dispatchEvent(new Event("ended"));
    });
    await says(page, /unplugged/);
    await page.waitForSelector("#camera-live", { state: "hidden" });
    assert.equal(await page.evaluate(() => document.activeElement.id), "camera-again");
    await page.keyboard.press("Enter");
    await nextFrame(page);
    assert.deepEqual(await tracks(page), ["ended", "live"]);
    assert.ok(await page.isHidden("#camera-again"));
    assert.equal(await page.evaluate(() => document.activeElement.id), "camera-take");
  });
});

test("frames that come while one is explained are dropped, not queued", async () => {
  await withPage(async (page) => {
    // a slow engine
    await page.route("**/lib/candling-worker.js", async (route) => {
      const response = await route.fetch();
      const slow = `const { postMessage } = self; self.postMessage = (...given) => { const until = performance.now() + 300; while (performance.now() < until); postMessage.apply(self, given); };`;
      await route.fulfill({ response, body: `${slow}\n${await response.text()}` });
    });
    await openCamera(page);
    await page.waitForFunction(() => Number(document.querySelector("#camera-live").dataset.dropped) > 4);
    const { fps } = await page.$eval("#camera-live", ({ dataset }) => ({ ...dataset }));
    assert.ok(Number(fps) < 4, fps);
  });
});

test("without the network yet the camera shows its picture, and explains once it is there", async () => {
  await withPage(async (page) => {
    const release = await hold(page, "**/models/*.safetensors");
    await page.addInitScript(keepTracks);
    await page.goto("/");
    await page.click("#camera");
    await page.waitForSelector("#camera-take:not([disabled])");
    assert.ok(await page.isHidden("#camera-live"));
    release();
    await nextFrame(page);
  });
});

test("on the graphics card, and after its loss, frames go on", async () => {
  await card.withPage(async (page) => {
    await page.addInitScript(() => localStorage.setItem("candling-lab-backend", "webgpu"));
    // the photo on the page takes its share of them
    await inWorker(page, destroyedAfter(20));
    await openCamera(page, { explained: false });
    await page.waitForSelector('#camera-live[data-backend="webgpu"]');
    assert.match(await page.textContent("#camera-reading"), /on your graphics card$/);
    await page.waitForSelector('#camera-live[data-backend="cpu"]');
    assert.match(await page.textContent("#camera-reading"), /frames a second$/);
    assert.match(await page.textContent("#loading-text"), /without the card, which failed$/);
    await nextFrame(page);
  });
});
