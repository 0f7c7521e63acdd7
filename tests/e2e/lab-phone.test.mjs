/**
 * Phones in portrait and landscape: the result of a tap is visible at once, in the picture that is in view.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { hold, lookAt, settled, shown } from "./support/lab.mjs";
import { frames, idle, message, openLab, PNG, stage } from "./support/stage.mjs";

const { withPage } = stage();

const PHONES = [
  [360, 640],
  [390, 844],
  [430, 932],
  [740, 360],
];

/**
 * The part of a picture that is in the window with nothing over it: its box, and how much of the whole that
 * is.
 */
const inSight = (page, selector) =>
  page.$eval(selector, (picture) => {
    const { left, top, width, height } = picture.getBoundingClientRect();
    let seen = 0;
    for (let i = 1; i < 20; i++) {
      for (let j = 1; j < 20; j++) {
        const found = document.elementFromPoint(left + (i / 20) * width, top + (j / 20) * height);
        if (found !== null && (picture.contains(found) || picture.parentElement.contains(found))) seen += 1;
      }
    }
    const y = Math.max(0, top);
    return {
      share: seen / 361,
      clip: { x: Math.max(0, left), y, width, height: Math.min(innerHeight, top + height) - y },
    };
  });

/** The share of pixels that differ visibly. */
function changed(before, after) {
  const [a, b] = [PNG.sync.read(before), PNG.sync.read(after)];
  let count = 0;
  for (let at = 0; at < a.data.length; at += 4) {
    if (Math.max(...[0, 1, 2].map((c) => Math.abs(a.data[at + c] - b.data[at + c]))) > 24) count += 1;
  }
  return count / (a.data.length / 4);
}

/** Taps and says how much of the picture that is in sight changed. */
async function tapped(page, picture, button, done) {
  await page.$eval(button, (element) => element.scrollIntoView({ behavior: "instant", block: "center" }));
  await frames(page);
  const { share, clip } = await inSight(page, picture);
  assert.ok(share > 0.8, `${Math.round(100 * share)} % of the picture is in sight where one taps`);
  const before = await page.screenshot({ clip });
  await page.tap(button);
  await done();
  await frames(page);
  const after = await inSight(page, picture);
  assert.ok(after.share > 0.8, `${Math.round(100 * after.share)} % of the picture is in sight after the tap`);
  return changed(before, await page.screenshot({ clip: after.clip }));
}

test("a photo that was chosen far below is answered in sight", async () => {
  await withPage(
    async (page) => {
      await openLab(page);
      await page.$eval("#choose", (button) =>
        button.scrollIntoView({ behavior: "instant", block: "center" }),
      );
      for (const [file, label] of [
        ["panda", "Giant panda"],
        ["officer", "military uniform"],
      ]) {
        const buffer = await (await page.request.get(`/samples/${file}.jpg`)).body();
        await page.setInputFiles("#file", { name: "mine.jpg", mimeType: "image/jpeg", buffer });
        await page.waitForFunction(
          (label) => document.querySelector("h1").textContent.toLowerCase().includes(label.toLowerCase()),
          label,
        );
        await idle(page);
        await page.waitForFunction(() => document.querySelector("h1").getBoundingClientRect().top >= 0);
        await page.$eval("#choose", (button) =>
          button.scrollIntoView({ behavior: "instant", block: "center" }),
        );
      }
    },
    { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  );
});

for (const [width, height] of PHONES) {
  const phone = { viewport: { width, height }, hasTouch: true, isMobile: true, reducedMotion: "reduce" };

  test(`${width}×${height}: a tap on any class changes the picture in sight`, async () => {
    await withPage(async (page) => {
      await openLab(page);
      for (const target of [285, 235, 281, 227]) {
        const share = await tapped(
          page,
          ".large .stage",
          `#predictions [data-class="${target}"]`,
          async () => {
            await page.waitForSelector(`#predictions [data-class="${target}"][aria-pressed="true"]`);
            await idle(page);
          },
        );
        assert.ok(share > 0.1, `${target}: ${share} of the pixels changed`);
      }
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
    }, phone);
  });

  test(`${width}×${height}: the first tap, before the network is there`, async () => {
    await withPage(async (page) => {
      const release = await hold(page, "**/models/*.safetensors");
      await page.goto("/");
      await page.waitForFunction(
        () =>
          document.querySelector("#poster").naturalWidth === 800 &&
          !document.querySelector("#alive").disabled,
      );
      const share = await tapped(page, ".large .stage", '#predictions [data-class="285"]', () =>
        page.waitForFunction(() => {
          const poster = document.querySelector("#poster");
          return /285\.jpg$/.test(poster.src) && poster.complete && poster.naturalWidth === 800;
        }),
      );
      assert.ok(share > 0.1, `${share} of the pixels changed`);
      release();
      await idle(page);
    }, phone);
  });

  test(`${width}×${height}: another class to compare with, seen in the two maps`, async () => {
    await withPage(async (page) => {
      await openLab(page);
      await lookAt(page, "versus");
      await page.check('[name="pair"][value="margin"]', { force: true });
      await settled(page, "versus");
      const share = await tapped(page, "#divided", '#other-chips [data-class="227"]', async () => {
        await page.waitForSelector('#other-chips [data-class="227"][aria-pressed="true"]');
        await settled(page, "versus");
      });
      assert.ok(share > 0.02, `${share} of the pixels changed`);
    }, phone);
  });
}

for (const [width, height] of [
  [390, 844],
  [360, 780],
]) {
  test(`${width}×${height}: an upright photo is seen in its own shape, and what was pressed stays where it is`, async () => {
    await withPage(
      async (page) => {
        await openLab(page);
        const sample = '#samples [data-file="wine_drum.jpg"]';
        await page.$eval(sample, (button) => button.scrollIntoView({ behavior: "instant", block: "center" }));
        const place = () => page.$eval(sample, (button) => button.getBoundingClientRect().top);
        const before = await place();
        await page.tap(sample);
        await shown(page, "Living room with a drum, wine and a loudspeaker");
        assert.ok(Math.abs((await place()) - before) < 2, `it was at ${before} and is at ${await place()}`);

        const high = await page.$eval('[data-view="cam"] canvas', (canvas) => {
          const { width, height } = canvas.getBoundingClientRect();
          return Math.min(height, (width * canvas.height) / canvas.width) / innerHeight;
        });
        assert.ok(high > 0.6 && high <= 0.7, `${high} of the window's height`);
        const classes = await page.$$eval("#predictions [data-class]", (all) =>
          all.map(({ dataset }) => dataset.class),
        );
        for (const target of [classes[1], classes[0]]) {
          const share = await tapped(
            page,
            ".large .stage",
            `#predictions [data-class="${target}"]`,
            async () => {
              await page.waitForSelector(`#predictions [data-class="${target}"][aria-pressed="true"]`);
              await idle(page);
            },
          );
          assert.ok(share > 0.05, `${target}: ${share} of the pixels changed`);
        }

        await lookAt(page, "proof");
        await page.waitForSelector("#patch:not([hidden])");
        await frames(page);
        const { x, y, width: side } = await page.locator("#patch").boundingBox();
        const { data } = PNG.sync.read(
          await page.screenshot({
            clip: { x: x + side / 4, y: y + side / 4, width: side / 2, height: side / 2 },
          }),
        );
        assert.ok(
          [...data].every((level, at) => at % 4 === 3 || Math.abs(level - 127) < 2),
          "the patch lies on what is taken away",
        );
      },
      { viewport: { width, height }, hasTouch: true, isMobile: true, reducedMotion: "reduce" },
    );
  });
}

test("the link of an upright photo has room for it before the network is there", async () => {
  await withPage(
    async (page) => {
      const release = await hold(page, "**/models/*.safetensors");
      await page.goto("/?photo=wine_drum.jpg");
      await page.waitForFunction(() => document.querySelector("#poster").naturalWidth === 534);
      const room = () => page.$eval(".large .stage", (stage) => stage.getBoundingClientRect().height);
      const before = await room();
      assert.ok(before > 500, `${before} pixels`);
      release();
      await shown(page, "Living room with a drum, wine and a loudspeaker");
      assert.equal(await room(), before);
    },
    { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  );
});

test("by touch: what a finger can do with a clipboard, and a file's name that breaks between its words", async () => {
  await withPage(
    async (page) => {
      await openLab(page);
      assert.ok(await page.isHidden(".by-mouse"));
      await page.evaluate(
        () => (navigator.clipboard.read = () => Promise.reject(new DOMException("no", "NotAllowedError"))),
      );
      await page.tap("#paste");
      await page.waitForSelector("#message:not([hidden])");
      const words = await message(page);
      assert.match(words, /clipboard\. Save the picture and choose it, or use its link, instead\.$/);
      assert.doesNotMatch(words, /Ctrl/);

      const name = "IMG_20260112_1234-edited.final.jpg";
      const buffer = await (await page.request.get("/samples/cat.jpg")).body();
      await page.setInputFiles("#file", { name, mimeType: "image/jpeg", buffer });
      await shown(page, name);
      const pieces = await page.$eval("#photo-name", (title) =>
        [...title.childNodes]
          .filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
          .map((text) => {
            const range = document.createRange();
            range.selectNode(text);
            return [text.data, range.getClientRects().length];
          }),
      );
      assert.deepEqual(pieces, [
        ["IMG_", 1],
        ["20260112_", 1],
        ["1234-", 1],
        ["edited", 1],
        [".final", 1],
        [".jpg", 1],
      ]);
    },
    { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  );
});

test("the slider of the sanity check, and what lies below it, stay where they are while it is moved", async () => {
  await withPage(
    async (page) => {
      await openLab(page);
      await lookAt(page, "sanity");
      const places = () =>
        page.$$eval("#forgotten, #sanity-maps, #sanity-all", (parts) =>
          parts.map((part) => part.getBoundingClientRect().top + scrollY),
        );
      const before = await places();
      await page.fill("#forgotten", "10");
      await page.waitForFunction(() =>
        document.querySelector("#sanity-verdict").textContent.startsWith("With 10 of 50"),
      );
      assert.match(await page.textContent("#forgotten-text"), /^10, down to /);
      assert.deepEqual(await places(), before);
    },
    { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  );
});
