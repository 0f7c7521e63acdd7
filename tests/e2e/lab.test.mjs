/** The page: every way in, every setting, and that the latest wish wins. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hold, openSettings, shown } from "./support/lab.mjs";
import { idle, message, MODEL, numbers, openLab, PNG, setTraps, stage } from "./support/stage.mjs";

const { withPage } = stage();
const MAPS = ["cam", "guided-backprop", "guided-grad-cam", "plain-cam"];
const cat = readFileSync(new URL("../../www/samples/cat.jpg", import.meta.url));

test("it opens with a photo explained, and says what it did", async () => {
  await withPage(async (page) => {
    await openLab(page);
    assert.equal(await page.textContent("#photo-name"), "Dog and cat");
    assert.match(await page.textContent("#credit"), /composite/i);
    assert.match(await page.textContent("#loading-text"), /\d MB/);
    for (const view of MAPS) {
      const { target, strength } = await numbers(page, view);
      assert.equal(target, 235);
      assert.match(
        await page.textContent(`[data-view="${view}"] .reading`),
        new RegExp(` ${Number(strength.toPrecision(3))}( |$)`),
      );
      assert.match(
        await page.getAttribute(`[data-view="${view}"] canvas`, "aria-label"),
        /for .*: strongest .*(maximum|largest magnitude)/,
      );
    }
    for (const stage of ["decode", "prepare", "forward", "cam", "guided", "paint"]) {
      assert.match(await page.textContent(`[data-stage="${stage}"]`), /^\d.* ms$/, stage);
    }
    const shares = await page.$$eval("#predictions [data-class]", (all) =>
      all.map((b) => Number(b.dataset.probability)),
    );
    assert.equal(shares.length, 5);
    assert.deepEqual(
      shares,
      [...shares].sort((a, b) => b - a),
    );
  });
});

test("fast clicking: only the class that was clicked last is painted", async () => {
  await withPage(async (page) => {
    await openLab(page);
    const painted = await page.evaluate(async () => {
      const canvas = document.querySelector('[data-view="cam"] canvas');
      const painted = [];
      let clicked = [235];
      const observer = new MutationObserver(() =>
        painted.push({ target: Number(canvas.dataset.target), newest: clicked.at(-1) }),
      );
      observer.observe(canvas, { attributeFilter: ["data-target"] });
      const offered = [...document.querySelectorAll("#predictions [data-class]")].map((b) => b.dataset.class);
      for (const target of [...offered, ...offered.toReversed(), offered[2]]) {
        document.querySelector(`#predictions [data-class="${target}"]`).click();
        clicked = [...clicked, Number(target)];
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
      while (document.querySelector("main").ariaBusy !== "false")
        await new Promise((resolve) => setTimeout(resolve, 20));
      return { painted, last: clicked.at(-1) };
    });
    for (const { target, newest } of painted.painted)
      assert.equal(target, newest, "what is painted is what was clicked last");
    for (const view of MAPS) assert.equal((await numbers(page, view)).target, painted.last, view);
    assert.equal(
      await page.getAttribute('#predictions [aria-pressed="true"]', "data-class"),
      String(painted.last),
    );
  });
});

test("fast photos: the last one wins", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await page.evaluate(() => {
      window.titles = [];
      const title = document.querySelector("#photo-name");
      new MutationObserver(() => window.titles.push(title.textContent)).observe(title, { childList: true });
      for (const file of ["panda.jpg", "macaw.jpg", "coffee.jpg", "lemur.jpg"]) {
        document.querySelector(`#samples [data-file="${file}"]`).click();
      }
    });
    await shown(page, "Ring-tailed lemurs");
    assert.deepEqual(
      await page.evaluate(() => window.titles),
      ["Ring-tailed lemurs"],
      "those before it are never shown",
    );
    for (const view of MAPS) assert.equal((await numbers(page, view)).target, 383, view);
    assert.equal(await page.getAttribute('#samples [aria-pressed="true"]', "data-file"), "lemur.jpg");
  });
});

test("what is chosen while a photo is on its way counts for that photo", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await page.evaluate(() => {
      document.querySelector('#samples [data-file="panda.jpg"]').click();
      const choose = (id, value) => {
        const select = document.getElementById(id);
        select.value = value;
        select.dispatchEvent(new Event("change"));
      };
      choose("fit", "crop");
      choose("method", "layer-cam");
    });
    await shown(page, "Giant panda");
    assert.notEqual(await page.getAttribute("#photo", "data-view"), "0 0 800 532");
    const { method, target } = await numbers(page, "cam");
    assert.deepEqual([method, target], ["layer-cam", 388]);
  });
});

test("the settings: method, layer, what is seen, colours, strength", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await openSettings(page);
    const picture = () => page.$eval('[data-view="cam"] canvas', (canvas) => canvas.toDataURL());

    const seen = new Set([await picture()]);
    for (const choice of ["against", "hires-cam", "layer-cam"]) {
      await page.selectOption("#method", choice);
      await idle(page);
      const { method, layer } = await numbers(page, "cam");
      assert.equal(method, choice === "against" ? "grad-cam" : choice);
      assert.equal(layer, "head");
      assert.notEqual(await page.textContent("#cam-title"), "Grad-CAM");
      seen.add(await picture());
    }
    assert.ok(seen.size >= 3, "the methods differ"); // at the last layer HiResCAM is Grad-CAM up to a factor

    await page.selectOption("#method", "layer-cam");
    await page.selectOption("#layer", "blocks.4.add");
    await idle(page);
    assert.equal((await numbers(page, "cam")).layer, "blocks.4.add");
    assert.match(await page.textContent('[data-view="cam"] .reading'), /28×28/);

    const before = await picture();
    await page.selectOption("#colormap", "viridis");
    await page.waitForFunction(
      (old) => document.querySelector('[data-view="cam"] canvas').toDataURL() !== old,
      before,
    );
    await page.locator("#opacity").fill("0");
    await page.waitForFunction(() => {
      const [photo, map] = ["photo", "cam"].map((view) =>
        document.querySelector(`[data-view="${view}"] canvas`).toDataURL(),
      );
      return photo === map;
    });

    await page.selectOption("#fit", "crop");
    await page.waitForFunction(() => document.querySelector("#photo").dataset.view !== "0 0 800 478");
    await idle(page);
    const [x, y, width, height] = (await page.getAttribute("#photo", "data-view")).split(" ").map(Number);
    assert.ok(Math.abs(x + width / 2 - 400) <= 1 && Math.abs(y + height / 2 - 239) <= 1, "the centre");
    assert.ok(
      Math.abs(width - 0.875 * 478) <= 1 && width === height,
      `0.875 of the shorter side: ${width}×${height}`,
    );
    assert.match(await page.textContent("#seen"), /of 800×478/);
    assert.equal((await numbers(page, "cam")).target, 235, "the class stays");
  });
});

test("a class without positive evidence is told in words", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await page.click('#samples [data-file="coffee.jpg"]');
    await shown(page, "Espresso");
    let without = 0;
    for (const target of [388, 640, 713, 967]) {
      await page.fill("#class", String(target));
      await page.press("#class", "Enter");
      await page.waitForSelector(`#predictions [data-class="${target}"][aria-pressed="true"]`);
      await idle(page);
      const { strength } = await numbers(page, "cam");
      const words = await page.textContent('[data-view="cam"] .reading');
      assert.equal(
        words === "no positive evidence for this class in this layer",
        strength <= 0,
        `${target}: ${strength}, ${words}`,
      );
      if (strength <= 0) without += 1;
    }
    assert.ok(
      without > 0 && without < 4,
      `a cup of coffee is no panda, and it is an espresso: ${without} without evidence`,
    );
  });
});

test("words follow the map: nothing against a class, a class that it does not say, a faint one", async () => {
  await withPage(async (page) => {
    await openLab(page);
    assert.match(await page.textContent("#why-title"), /^What made it say German Shepherd Dog\?$/);
    await page.fill("#class", "849");
    await page.press("#class", "Enter");
    await page.waitForSelector('#predictions [data-class="849"][aria-pressed="true"]');
    await idle(page);
    assert.match(await page.textContent("#why-title"), /^What would speak for teapot\?$/);
    assert.match(
      await page.textContent("#where"),
      /faint: .*as strong as what speaks for German Shepherd Dog/,
    );

    await page.click('#samples [data-file="panda.jpg"]');
    await shown(page, "Giant panda");
    await openSettings(page);
    await page.selectOption("#method", "against");
    await idle(page);
    assert.ok((await numbers(page, "cam")).strength <= 0, "nothing speaks against the panda");
    for (const place of ["#where", '[data-view="cam"] .reading'])
      assert.match(await page.textContent(place), /nothing in this layer speaks against/i);
  });
});

test("a photo by drop", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await page.evaluate((text) => {
      const files = new DataTransfer();
      files.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], "dropped.jpg"));
      document.body.dispatchEvent(
        new DragEvent("dragover", { bubbles: true, cancelable: true, dataTransfer: files }),
      );
      document.body.dispatchEvent(
        new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: files }),
      );
    }, cat.toString("base64"));
    await shown(page, "dropped.jpg");
    assert.ok([281, 282, 285].includes((await numbers(page, "cam")).target));
    // something that is no file: a link is fetched only if the visitor says so
    const drop = (kind, text) =>
      page.evaluate(
        ([kind, text]) => {
          const link = new DataTransfer();
          link.setData(kind, text);
          document.body.dispatchEvent(
            new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: link }),
          );
        },
        [kind, text],
      );
    await drop("text/uri-list", "http://elsewhere.test/cat.jpg");
    assert.equal(await page.inputValue("#link-address"), "http://elsewhere.test/cat.jpg");
    await page.click("#link-cancel");
    await drop("text/plain", "a few words");
    assert.match(await message(page), /neither a file nor a link/);
  });
});

test("a photo by paste, and words where there is none", async () => {
  await withPage(
    async (page) => {
      await openLab(page);
      await page.evaluate((text) => {
        const clipboardData = new DataTransfer();
        clipboardData.items.add(
          new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], "pasted.jpg"),
        );
        document.body.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, clipboardData }));
      }, cat.toString("base64"));
      await shown(page, "pasted.jpg");
      await page.evaluate(() => navigator.clipboard.writeText("no picture"));
      await page.click("#paste");
      await page.waitForSelector("#message:not([hidden])");
      assert.match(await message(page), /no picture on the clipboard/);
      await page.evaluate(async () => {
        const canvas = new OffscreenCanvas(40, 30);
        canvas.getContext("2d").fillRect(0, 0, 20, 30);
        await navigator.clipboard.write([new ClipboardItem({ "image/png": canvas.convertToBlob() })]);
      });
      await page.click("#paste");
      await shown(page, "From the clipboard");
      assert.ok(await page.isVisible(".by-mouse"));
      assert.match(await page.textContent("#seen"), /all of 40×30/);
      assert.equal(await message(page), "");
    },
    { permissions: ["clipboard-read", "clipboard-write"] },
  );
});

test("a photo by camera; cancelled and refused as well", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await page.click("#camera");
    await page.waitForSelector("#camera-take:not([disabled])");
    await page.click("#camera-cancel");
    await page.waitForSelector("#camera-dialog:not([open])", { state: "attached" });
    assert.equal(await page.textContent("#photo-name"), "Dog and cat");

    await page.click("#camera");
    await page.waitForSelector("#camera-take:not([disabled])");
    await page.click("#camera-take");
    await shown(page, "From your camera");
    assert.equal(
      await page.$eval("#camera-video", ({ srcObject }) => srcObject),
      null,
      "the camera is off again",
    );

    for (const [name, words] of [
      ["NotAllowedError", /refused/],
      ["NotFoundError", /no camera/],
      ["NotReadableError", /Another program/],
    ]) {
      await page.evaluate((name) => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", name));
      }, name);
      await page.click("#camera");
      await page.waitForFunction(
        (source) => new RegExp(source).test(document.querySelector("#camera-text").textContent),
        words.source,
      );
      await page.keyboard.press("Escape");
    }
  });
});

test("the search: parts of names, arrow keys, a click, an index", async () => {
  await withPage(async (page) => {
    await openLab(page);
    const chosen = () => page.getAttribute('#predictions [aria-pressed="true"]', "data-class");
    const suggested = () =>
      page.$$eval("#classes li", (all) => all.map((item) => Number(item.dataset.class)));
    const ask = async (target) => {
      await page.waitForSelector(`#predictions [data-class="${target}"][aria-pressed="true"]`);
      await idle(page);
      assert.equal((await numbers(page, "cam")).target, target);
    };
    await page.focus("#class");
    const best = await page.$$eval("#predictions [data-class]", (all) =>
      all.map((b) => Number(b.dataset.class)),
    );
    assert.deepEqual((await suggested()).slice(0, 5), best, "before anything is typed: the likeliest");
    await page.keyboard.type("bee"); // a label, and the beginning of another
    assert.ok((await suggested()).includes(309) && (await suggested()).includes(92));
    await page.keyboard.type(" eater");
    assert.deepEqual(await suggested(), [92]);
    assert.equal(await chosen(), "235", "typing asks nothing");
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.getAttribute("#class", "aria-activedescendant"), "classes-0");
    await page.keyboard.press("Enter");
    await ask(92);
    assert.equal(await page.inputValue("#class"), "");
    assert.equal(await page.textContent("#asked"), "bee eater");

    await page.fill("#class", "teapot");
    await page.click('#classes [data-class="849"]');
    await ask(849);
    await page.fill("#class", "282");
    await page.keyboard.press("Enter");
    await ask(282);
    await page.fill("#class", "zzz");
    assert.match(await page.textContent("#classes"), /None of its classes/);
    await page.fill("#class", "cat");
    assert.equal(await page.isVisible("#classes"), true);
    await page.keyboard.press("Escape");
    assert.equal(await page.isVisible("#classes"), false);
    await page.keyboard.press("Escape");
    assert.equal(await page.inputValue("#class"), "");
    await page.keyboard.press("Tab");
    assert.ok(
      await page.evaluate(() => document.activeElement !== document.body),
      "the list is no stop of its own",
    );
  });
});

test("a photo that comes before the list of samples stays", async () => {
  await withPage(async (page) => {
    const release = await hold(page, "**/samples.json");
    await page.goto("/");
    await page.waitForSelector('#loading[data-state="ready"]');
    await page.setInputFiles("#file", { name: "early.jpg", mimeType: "image/jpeg", buffer: cat });
    release();
    await page.waitForSelector('#samples [data-file="dog_cat.jpg"]');
    await shown(page, "early.jpg");
    assert.equal(await page.$('#samples [aria-pressed="true"]'), null);
  });
});

test("each view downloads as PNG", async () => {
  await withPage(async (page) => {
    await openLab(page);
    for (const view of MAPS) {
      await page.click(`[data-view="${view}"] .enlarge`);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.click(`[data-view="${view}"] .download`),
      ]);
      const method = { cam: "grad-cam", "plain-cam": "cam" }[view] ?? view;
      assert.match(download.suggestedFilename(), new RegExp(`^Dog-and-cat-${method}-[^c].*\\.png$`));
      const { width, height } = PNG.sync.read(readFileSync(await download.path()));
      assert.deepEqual([width, height], [800, 478]);
    }
    // the name tells the pictures of one photo apart
    const nameOf = async (view) => {
      await idle(page);
      await page.click(`[data-view="${view}"] .enlarge`);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.click(`[data-view="${view}"] .download`),
      ]);
      return download.suggestedFilename();
    };
    await page.click('#predictions [data-class="285"]');
    await openSettings(page);
    await page.selectOption("#method", "against");
    assert.equal(await nameOf("cam"), "Dog-and-cat-grad-cam-against-Egyptian-Mau.png");
    await page.selectOption("#method", "layer-cam");
    await page.selectOption("#layer", "blocks.4.add");
    assert.equal(await nameOf("cam"), "Dog-and-cat-layer-cam-blocks.4.add-Egyptian-Mau.png");
    assert.equal(
      await nameOf("guided-grad-cam"),
      "Dog-and-cat-guided-grad-cam-blocks.4.add-Egyptian-Mau.png",
    );
    assert.equal(await nameOf("guided-backprop"), "Dog-and-cat-guided-backprop-Egyptian-Mau.png");
  });
});

test("with the keyboard alone: a class, a photo, the file chooser", async () => {
  await withPage(async (page) => {
    const opened = page.waitForEvent("filechooser");
    await openLab(page);
    const reach = async (selector) => {
      for (let i = 0; i < 100; i++) {
        if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) return;
        await page.keyboard.press("Tab");
      }
      assert.fail(`${selector} cannot be reached with the keyboard`);
    };
    await reach("#choose");
    const outline = await page.$eval("#choose", (button) => getComputedStyle(button).outlineStyle);
    assert.equal(outline, "solid", "the focus shows");
    await page.keyboard.press("Enter");
    await (await opened).setFiles({ name: "chosen.jpg", mimeType: "image/jpeg", buffer: cat });
    await shown(page, "chosen.jpg");
    await reach('#samples [data-file="dog_cat.jpg"]');
    await page.keyboard.press("Space");
    await shown(page, "Dog and cat");
    await reach('#predictions [data-class="285"]');
    await page.keyboard.press("Enter");
    await idle(page);
    assert.equal((await numbers(page, "cam")).target, 285);
    assert.ok(
      await page.evaluate(() => document.activeElement.matches('[data-class="285"]')),
      "the focus stays on the class",
    );
    await reach("#class");
    await page.keyboard.type("235");
    await page.keyboard.press("Enter");
    await page.waitForSelector('#predictions [data-class="235"][aria-pressed="true"]');
    await reach(".fold summary");
    await page.keyboard.press("Enter");
    await reach("#opacity");
    await page.keyboard.press("ArrowLeft");
    assert.equal(await page.textContent("#opacity-text"), "90 %");
    await reach('[data-view="guided-backprop"] .enlarge');
    await page.keyboard.press("Enter");
    assert.equal(await page.$eval(".tile.large", (tile) => tile.dataset.view), "guided-backprop");
  });
});

test("every control has a name", async () => {
  await withPage(async (page) => {
    await openLab(page);
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll("button, select, input, canvas, progress, dialog, section")]
        .filter((element) => element.closest('[aria-hidden="true"]') === null)
        .filter((element) => {
          const label =
            element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
          const by =
            document.getElementById(element.getAttribute("aria-labelledby") ?? "")?.textContent ?? "";
          const image = element.querySelector("img")?.alt ?? "";
          return `${label}${by}${image}`.trim() === "";
        })
        .map((element) => element.outerHTML.slice(0, 120)),
    );
    assert.deepEqual(nameless, []);
  });
});

test("the network's download: bytes, cancel, and once more", async () => {
  await withPage(
    async (page) => {
      let release;
      const held = new Promise((resolve) => (release = resolve));
      const hold = async (route) => {
        await held;
        await route.continue().catch(() => {});
      };
      await page.route(`**${MODEL}`, hold);
      await page.goto("/");
      await page.waitForSelector('#loading[data-state="loading"]');
      assert.equal(await page.textContent("#loading-button"), "Cancel");
      // a photo that comes before the network waits for it
      await page.setInputFiles("#file", { name: "early.jpg", mimeType: "image/jpeg", buffer: cat });
      assert.match(await message(page), /as soon as/);
      await page.click("#loading-button");
      await page.waitForSelector('#loading[data-state="stopped"]');
      release();
      await page.unroute(`**${MODEL}`, hold);
      await page.click("#loading-button");
      await shown(page, "early.jpg");
      assert.equal(await message(page), "");
      assert.match(
        await page.textContent("#loading-text"),
        new RegExp(
          `${(readFileSync(new URL(`../../www${MODEL}`, import.meta.url)).length / 1e6).toFixed(1)} MB`,
        ),
      );
    },
    { expectErrors: /ERR_FAILED|ERR_ABORTED/ },
  );
});

test("a crash of the engine: the page recovers by itself", async () => {
  await withPage(async (page) => {
    const traps = await setTraps(page);
    // The first worker crashes at its fourth map, the one behind it never.
    traps.source = `
      const explain = Run.prototype.explain;
      let maps = 0;
      Run.prototype.explain = function (...args) { return ++maps > 3 ? trap() : explain.apply(this, args); };`;
    await openLab(page);
    traps.source = "";
    await page.click('#predictions [data-class="285"]');
    // Between the crash and the other engine nobody is busy.
    for (const view of MAPS)
      await page.waitForSelector(`[data-view="${view}"] canvas[data-target="285"]`, { state: "attached" });
    assert.equal(await message(page), "");
  });
});

test("a photo that crashes the engine again and again is given up, in words", async () => {
  await withPage(async (page) => {
    const traps = await setTraps(page);
    traps.source = "Run.prototype.explain = trap;";
    await openLab(page);
    for (const view of MAPS) {
      assert.match(await page.textContent(`[data-view="${view}"] .reading`), /crashed|lost/, view);
      const left = await page.$eval(`[data-view="${view}"] canvas`, ({ width, dataset }) => [
        width,
        dataset.target,
      ]);
      assert.deepEqual(left, [1, undefined], `${view}: no stale picture`);
    }
    // And a worker that is sound again serves the next photo.
    traps.source = "";
    await page.click('#samples [data-file="macaw.jpg"]');
    await shown(page, "Scarlet macaw");
    await page.click('#predictions [data-class="88"]');
    await idle(page);
    for (const view of MAPS) assert.equal((await numbers(page, view)).target, 88, view);
  });
});

/** A class of widths per row; the themes share the layout, so each width is looked at in one. */
const SCREENS = [
  { width: 320, height: 640, colorScheme: "dark" },
  { width: 390, height: 844, colorScheme: "light" },
  { width: 700, height: 900, colorScheme: "dark" },
  { width: 900, height: 900, colorScheme: "light" },
  { width: 1280, height: 900, colorScheme: "dark" },
  { width: 2560, height: 1300, colorScheme: "light" },
];

for (const { width, height, colorScheme } of SCREENS) {
  test(`${width} pixels wide, ${colorScheme}: no sideways scrolling, and nothing moves while it loads`, async () => {
    await withPage(
      async (page) => {
        await page.addInitScript(() => {
          window.shift = 0;
          new PerformanceObserver((list) => {
            for (const { value, hadRecentInput } of list.getEntries())
              if (!hadRecentInput) window.shift += value;
          }).observe({ type: "layout-shift", buffered: true });
        });
        await openLab(page);
        const { over, shift } = await page.evaluate(() => ({
          over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          shift: window.shift,
        }));
        assert.equal(over, 0);
        assert.ok(shift < 0.02, `layout shift ${shift}`);
      },
      { viewport: { width, height }, colorScheme },
    );
  });
}
