/**
 * The experiments below the first picture: the results of each, in numbers; by mouse, by touch, and by
 * keyboard.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import {
  countQuestions,
  data,
  hold,
  lookAt,
  openSettings,
  quiet,
  settled,
  shown,
  slide,
} from "./support/lab.mjs";
import { scratch } from "./support/native.mjs";
import { idle, numbers, openLab, PNG, setTraps, stage } from "./support/stage.mjs";

const { onePage, origin, withPage } = stage();
const [DOG, CAT] = [235, 285];

/** The patch is this large in the tests below: it covers a head. */
const PATCH = 60;

const dataUrl = (page, selector) => page.$eval(selector, (canvas) => canvas.toDataURL());

test("versus: two classes in one scale, their margin, and what speaks against each", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await lookAt(page, "versus");
    const sides = async () => [await data(page, "#versus-a"), await data(page, "#versus-b")];
    let [a, b] = await sides();
    assert.deepEqual([a.target, b.target], [DOG, CAT]);
    assert.equal(a.scale, b.scale);
    assert.equal(a.scale, Math.max(a.max, b.max), "the scale is the stronger one's maximum");
    assert.equal(
      Number(await page.textContent("#versus-max")),
      Number(a.scale.toPrecision(3)),
      "and it is shown",
    );
    assert.match(
      await page.getAttribute("#versus-a", "aria-label"),
      /speaks for German Shepherd Dog lies in the left third/,
    );
    assert.match(
      await page.getAttribute("#versus-b", "aria-label"),
      /speaks for Egyptian Mau lies in the (central|right) third/,
    );

    const evidence = await dataUrl(page, "#versus-a");
    await page.check('[name="pair"][value="margin"]', { force: true });
    await settled(page, "versus");
    [a, b] = await sides();
    assert.deepEqual([a.pair, b.pair], ["margin", "margin"]);
    assert.ok(a.max > 0 && b.max > 0);
    assert.notEqual(await dataUrl(page, "#versus-a"), evidence);

    await page.check('[name="pair"][value="against"]', { force: true });
    await settled(page, "versus");
    const against = await sides();
    assert.deepEqual(
      against.map(({ target, pair }) => [target, pair]),
      [
        [DOG, "against"],
        [CAT, "against"],
      ],
    );

    // another B by a chip and by search, then the other way round
    await page.check('[name="pair"][value="evidence"]', { force: true });
    await page.click('#other-chips [data-class="281"]');
    await settled(page, "versus");
    assert.equal((await data(page, "#versus-b")).target, 281);
    await page.fill("#other", "teapot");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("#versus-b").dataset.target === "849");
    await settled(page, "versus");
    await page.click("#swap");
    await page.waitForFunction(() => document.querySelector("#versus-a").dataset.target === "849");
    await settled(page, "versus");
    assert.equal((await numbers(page, "cam")).target, 849, "A is the class of the whole page");
    assert.equal((await data(page, "#versus-b")).target, DOG);
  });
});

test("versus: a portrait is shown whole, and each side of a margin says what it shows", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await page.click('#samples [data-file="officer.jpg"]');
    await shown(page, "Grace Hopper in uniform");
    await lookAt(page, "versus");
    const [figure, canvas] = [
      await page.locator("#divided").boundingBox(),
      await page.locator("#versus-a").boundingBox(),
    ];
    assert.ok(
      canvas.height <= figure.height + 1 && canvas.y >= figure.y - 1,
      `${canvas.height} in ${figure.height}`,
    );
    await page.check('[name="pair"][value="margin"]', { force: true });
    await settled(page, "versus");
    const [a, b] = [await page.textContent("#tag-a"), await page.textContent("#tag-b")];
    assert.ok(
      (await page.getAttribute("#versus-a", "aria-label")).includes(`speaks for ${a} rather than ${b}`),
    );
    assert.ok(
      (await page.getAttribute("#versus-b", "aria-label")).includes(`speaks for ${b} rather than ${a}`),
    );
  });
});

test("versus: the divider by mouse and by keyboard", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await lookAt(page, "versus");
    const cut = () =>
      page.$eval("#divided", (figure) => Number.parseFloat(figure.style.getPropertyValue("--cut")));
    const box = await page.locator("#divided").boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.8 * box.width, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    assert.ok(Math.abs((await cut()) - 80) <= 3, `the light is at ${await cut()} %`);
    await page.focus("#divider");
    const before = await cut();
    await page.keyboard.press("ArrowLeft");
    assert.equal(await cut(), before - 1);
    // and it does cut: left of it A is seen, right of it B
    const seen = await page.$eval("#versus-a", (canvas) => getComputedStyle(canvas).clipPath);
    assert.match(seen, /inset\(0(px)? .*\)/);
  });
});

test("layers: coarser with depth, by slider and by thumbnail, and other methods", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await lookAt(page, "layers");
    const stages = await page.locator("#layer-thumbs canvas").count();
    assert.equal(stages, 18, "stem, sixteen blocks, head");
    assert.deepEqual(
      [(await data(page, "#layer-map")).layer, (await data(page, "#layer-map")).cells],
      ["head", 49],
    );
    const cells = [];
    for (let depth = 0; depth < stages; depth++) {
      await slide(page, "#depth", depth);
      await page.waitForFunction(
        (depth) => document.querySelector("#layer-map").dataset.stage === String(depth),
        depth,
      );
      assert.ok(
        await page.$eval("#layer-thumbs", ({ children }, depth) => children[depth].matches(".shown"), depth),
      );
      const { cells: count, layer } = await data(page, "#layer-map");
      assert.ok((await page.getAttribute("#depth", "aria-valuetext")).startsWith(layer));
      cells.push(count);
    }
    assert.deepEqual([cells[0], cells.at(-1)], [112 * 112, 49]);
    assert.deepEqual(
      cells,
      [...cells].sort((a, b) => b - a),
      "never finer with depth",
    );
    // every stage has a picture of its own
    const pictures = await page.$$eval("#layer-thumbs canvas", (all) =>
      all.map((canvas) => canvas.toDataURL()),
    );
    assert.equal(new Set(pictures).size, stages);

    await page.locator("#layer-thumbs canvas").nth(4).click();
    await page.waitForFunction(() => document.querySelector("#layer-map").dataset.stage === "4");
    await page.check('[name="layers-method"][value="layer-cam"]', { force: true });
    await settled(page, "layers");
    await page.waitForFunction(() => document.querySelector("#layer-map").dataset.method === "layer-cam");
    await page.focus("#depth");
    await page.keyboard.press("Home");
    await page.waitForFunction(() => document.querySelector("#layer-map").dataset.layer === "stem");
  });
});

/** Probabilities of a followed class with the whole photo and now. */
const followed = (page, target) => data(page, `#proof-bars [data-class="${target}"]`);

/** Waits until the experiment shows the last question. */
async function probed(page, share) {
  await page.waitForFunction(
    (share) => Math.abs(Number(document.querySelector("#proof-reading").dataset.share) - share) < 0.0005,
    share,
  );
}

/** Drags the patch so that its middle lies at shares of the photo. */
async function drag(page, x, y) {
  const figure = await page.locator("#proof-photo").boundingBox();
  const patch = await page.locator("#patch").boundingBox();
  await page.mouse.move(patch.x + patch.width / 2, patch.y + patch.height / 2);
  await page.mouse.down();
  await page.mouse.move(figure.x + x * figure.width, figure.y + y * figure.height, { steps: 8 });
  await page.mouse.up();
}

/** Waits for the answer to the last of the changes. */
async function answered(page, change) {
  const before = await page.textContent("#proof-reading");
  await change();
  await page.waitForFunction(
    (before) => document.querySelector("#proof-reading").textContent !== before,
    before,
  );
  await quiet(page);
}

test("proof: covering the dog makes it less likely, covering the cat does not", async () => {
  await withPage(async (page) => {
    await countQuestions(page);
    await openLab(page);
    await lookAt(page, "proof");
    await slide(page, "#patch-size", PATCH);
    for (const fill of ["grey", "blur"]) {
      await page.check(`[name="fill"][value="${fill}"]`, { force: true });
      await answered(page, () => drag(page, 0.38, 0.3)); // the dog's head
      const dog = await followed(page, DOG);
      assert.ok(dog.now < 0.6 * dog.before, `${fill} over the dog: ${dog.before} to ${dog.now}`);
      const hidden = await dataUrl(page, "#proof-photo");
      await answered(page, () => drag(page, 0.72, 0.3)); // the cat's
      const cat = await followed(page, CAT);
      assert.ok(cat.now < 0.6 * cat.before, `${fill} over the cat: ${cat.before} to ${cat.now}`);
      assert.ok((await followed(page, DOG)).now > dog.now, "the dog is there again");
      assert.notEqual(await dataUrl(page, "#proof-photo"), hidden);
      assert.equal((await data(page, "#proof-reading")).fill, fill);
    }
  });
});

test("proof: the patch by keyboard, and gone when it is 0", async () => {
  await withPage(async (page) => {
    await countQuestions(page);
    await openLab(page);
    await lookAt(page, "proof");
    await slide(page, "#patch-size", PATCH);
    await page.focus("#patch");
    const place = () =>
      page.$eval("#patch", (patch) => [patch.offsetLeft, patch.offsetTop, patch.offsetWidth]);
    assert.equal(await page.textContent("#patch-size-text"), `${PATCH}\u00a0% of the shorter side`);
    await page.waitForFunction(() =>
      /^\d+\u00a0% of the photo’s area taken away\./.test(
        document.querySelector("#proof-reading").textContent,
      ),
    );
    const [left, top, width] = await place();
    await answered(page, () => page.keyboard.press("Shift+ArrowRight"));
    await page.keyboard.press("ArrowDown");
    const moved = await place();
    assert.ok(moved[0] > left && moved[1] > top);
    await page.keyboard.press("-");
    assert.ok((await place())[2] < width);
    for (let press = 0; press < 40; press++) await page.keyboard.press("-");
    assert.ok(
      await page.evaluate(() => document.activeElement.id === "patch"),
      "by the keys it stays to be seen, and keeps the focus",
    );
    await slide(page, "#patch-size", 0);
    await probed(page, 0);
    const { before, now } = await followed(page, DOG);
    // the same tensor: nothing is taken away; one number came as text, the other as float32
    assert.equal(Math.fround(now), Math.fround(before));
    assert.equal(await page.isVisible("#patch"), false);
  });
});

test("proof: deleting the hottest squares", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await lookAt(page, "proof");
    await slide(page, "#patch-size", 0);
    await slide(page, "#hottest", 25);
    await probed(page, 0.25);
    const { before, now } = await followed(page, DOG);
    assert.ok(now < before / 2, `${before} to ${now}`);
    await slide(page, "#hottest", 100);
    await probed(page, 1);
    assert.ok((await followed(page, DOG)).now < 0.05, "a grey sheet is no dog");
  });
});

test("proof: the curves, their areas, and cancel", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await lookAt(page, "proof");
    // cancelled: nothing is drawn, and it can be asked for again
    await page.click("#curves");
    await page.waitForFunction(() => document.querySelector("#curves-bar").value > 0);
    await page.click("#curves");
    await page.waitForFunction(() => document.querySelector("#curves").textContent.startsWith("Draw"));
    assert.equal((await data(page, "#deletion-text")).area, undefined);
    await page.click("#curves");
    await page.waitForSelector("#insertion-text[data-area]");
    const deletion = await data(page, "#deletion-text");
    const insertion = await data(page, "#insertion-text");
    assert.ok(deletion.area < deletion.random, `deletion ${deletion.area}, random ${deletion.random}`);
    assert.ok(insertion.area > insertion.random, `insertion ${insertion.area}, random ${insertion.random}`);
    assert.equal(await page.locator("#deletion > svg :is(.line-0, .line-1)").count(), 2);
    assert.match(await page.getAttribute("#deletion svg", "aria-label"), /German Shepherd Dog.*area/);
    // of another class they would lie
    await page.evaluate(() => document.querySelector('#predictions [data-class="285"]').click());
    await settled(page, "proof");
    assert.equal(await page.locator("#deletion > svg .line-0").count(), 0);
  });
});

test("proof and sanity: of a class without evidence nothing is claimed", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await page.click('#samples [data-file="coffee.jpg"]');
    await shown(page, "Espresso");
    await page.fill("#class", "388");
    await page.press("#class", "Enter");
    await page.waitForSelector('#predictions [data-class="388"][aria-pressed="true"]');
    await idle(page);
    assert.ok((await numbers(page, "cam")).strength <= 0, "a cup of coffee is no panda");
    await lookAt(page, "proof");
    assert.ok(await page.isDisabled("#curves"));
    assert.ok(await page.isDisabled("#hottest"));
    assert.match(await page.textContent("#curves-text"), /no order to test/);
    await lookAt(page, "sanity");
    await page.click("#sanity-all");
    await page.waitForFunction(() =>
      /There is no Grad-CAM map/.test(document.querySelector("#sanity-verdict").textContent),
    );
    assert.doesNotMatch(await page.textContent("#sanity-verdict"), /paper found/);
  });
});

test("layers: while those of another class are computed, no stale map passes for one of it", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await lookAt(page, "layers");
    const wrong = await page.evaluate(async () => {
      const canvas = document.querySelector("#layer-map");
      const depth = document.querySelector("#depth");
      const seen = [];
      const picture = (stage) => `${stage} ${canvas.toDataURL().length} ${canvas.toDataURL().slice(-200)}`;
      const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
      const turnTo = (stage) => {
        depth.value = String(stage);
        depth.dispatchEvent(new Event("input", { bubbles: true }));
      };
      const shows = (target, stage) =>
        canvas.dataset.target === target && canvas.dataset.stage === String(stage);
      const dogs = [];
      for (let stage = 0; stage < 18; stage++) {
        turnTo(stage);
        while (!shows("235", stage)) await pause(5);
        dogs.push(picture(stage));
      }
      document.querySelector('#predictions [data-class="285"]').click();
      const look = (stage) => shows("285", stage) && picture(stage) === dogs[stage] && seen.push(stage);
      for (let stage = 0; stage < 18; stage++) {
        turnTo(stage);
        // as fast as a hand is
        await pause(60);
        look(stage);
      }
      while (!shows("285", 17)) await pause(5);
      look(17);
      return seen;
    });
    assert.deepEqual(wrong, [], "stages that show the dog's map as the cat's");
  });
});

test("sanity: the maps at each step, and what is said of them follows from the numbers", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await lookAt(page, "sanity");
    const correlation = async (method) =>
      (await data(page, `#sanity-maps [data-method="${method}"]`)).correlation;
    const methods = ["grad-cam", "guided-backprop", "guided-grad-cam", "cam"];
    for (const method of methods)
      assert.equal(await correlation(method), 1, `${method}: an intact network's map is itself`);
    const all = Number(await page.getAttribute("#forgotten", "max"));
    assert.equal(all, 50);
    const intact = await dataUrl(page, '#sanity-maps [data-method="grad-cam"]');
    /** Correlations with so many layers random. */
    const at = async (layers) => {
      await slide(page, "#forgotten", layers);
      await page.waitForFunction(
        (layers) =>
          document.querySelector('#sanity-maps [data-method="cam"]').dataset.layers === String(layers),
        layers,
      );
      await page.waitForFunction(
        (layers) => document.querySelector("#sanity-verdict").textContent.includes(`${layers} of 50`),
        layers,
      );
      const [cam, guided] = [await correlation("grad-cam"), await correlation("guided-backprop")];
      const verdict = await page.textContent("#sanity-verdict");
      for (const value of [cam, guided])
        assert.ok(verdict.includes(value.toFixed(2).replace("-", "−")), `${verdict} says ${value}`);
      return { cam, guided };
    };
    const ten = await at(10);
    assert.notEqual(await dataUrl(page, '#sanity-maps [data-method="grad-cam"]'), intact);
    assert.match(await page.textContent("#forgotten-text"), /^10, down to /);
    assert.ok(Math.abs(ten.cam) < 0.5, `Grad-CAM falls apart: ${ten.cam}`);
    assert.ok(ten.guided > 0.8, `Guided Backprop hardly changes: ${ten.guided}`);

    await page.click("#sanity-all");
    await page.waitForFunction(() => document.querySelector("#sanity-all").textContent === "Cancel");
    await page.waitForFunction(() => document.querySelector("#sanity-all").textContent.startsWith("Run"));
    // a point for each step
    const points = await page.$eval(
      "#correlations > svg .line-1",
      (path) => path.getAttribute("d").split(/[ML]/).length - 1,
    );
    assert.equal(points, all + 1);
    const [, cam, guided] =
      /lost \(below 0\.5, whatever its sign\) after (\S+) layers?, Guided Backprop’s after (\d+) layers, of 50/.exec(
        await page.textContent("#sanity-verdict"),
      );
    assert.ok((cam === "one" ? 1 : Number(cam)) <= 10 && Number(guided) > 10, `${cam}, ${guided}`);
    assert.match(await page.textContent("#sanity-verdict"), /what the paper found/);
  });
});

test("machine: facts in numbers, and identities that hold", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await lookAt(page, "machine");
    const { memory, bytes, build } = await data(page, "#facts");
    assert.ok(memory > 30e6 && memory < 250e6, `${memory} bytes of memory`);
    assert.ok(bytes > 9.3e6 && bytes < 20e6, `${bytes} bytes loaded`);
    assert.equal(build, "relaxed-simd");
    await page.click("#self-test");
    await page.waitForSelector("#identities:not([hidden])");
    const rows = await page.$$eval("#identities tbody tr", (all) =>
      all.map(({ dataset }) => ({ ...dataset })),
    );
    assert.ok(rows.length >= 6, `${rows.length} identities`);
    for (const { identity, residual, bound, holds } of rows) {
      assert.equal(holds, "true", identity);
      assert.ok(
        Number(residual) >= 0 && Number(residual) <= Number(bound) && Number(bound) < 1e-3,
        `${identity}: ${residual} of ${bound}`,
      );
    }
    assert.ok(
      rows.some(({ residual }) => Number(residual) > 0),
      "rounding leaves something",
    );
    // every identity has a name for people
    for (const name of await page.$$eval("#identities tbody th", (all) =>
      all.map((cell) => cell.textContent),
    ))
      assert.match(name, / /);
  });
});

/** The file that a press of a button saves. */
async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

test("take away: figure, raw map, record", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await lookAt(page, "take-away");
    const figure = await saved(page, "#save-figure");
    assert.equal(figure.name, "Dog-and-cat-grad-cam-German-Shepherd-Dog-figure.png");
    const { width, height } = PNG.sync.read(figure.bytes);
    assert.ok(width > 1200 && height > 800, `${width}×${height}`);

    const { strength } = await numbers(page, "cam");
    const raw = await saved(page, "#save-npy");
    assert.equal(raw.name, "Dog-and-cat-grad-cam-German-Shepherd-Dog.npy");
    assert.deepEqual([...raw.bytes.subarray(0, 8)], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
    const begin = 10 + raw.bytes.readUInt16LE(8);
    assert.equal(begin % 64, 0);
    assert.match(
      raw.bytes.subarray(10, begin).toString(),
      /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(1, 7, 7,\), \} *\n$/,
    );
    const values = Array.from({ length: 49 }, (_, i) => raw.bytes.readFloatLE(begin + 4 * i));
    assert.equal(raw.bytes.length, begin + 4 * 49);
    assert.equal(Math.max(...values), Math.fround(strength));

    const record = JSON.parse((await saved(page, "#save-json")).bytes.toString());
    assert.equal(
      record.model.sha256,
      JSON.parse(readFileSync(new URL("../../www/samples/first/first.json", import.meta.url))).model.sha256,
    );
    assert.equal(record.class.index, DOG);
    assert.deepEqual(
      record.maps.map(({ method }) => method),
      ["grad-cam", "guided-backprop", "guided-grad-cam", "cam"],
    );
    assert.deepEqual(record.maps[0].values.map(Math.fround), values);
    assert.match(record.candling, /^\d+\.\d+\.\d+$/);
    assert.equal(record.engine.build, "relaxed-simd");

    // the large view's map, if it is another
    await page.evaluate(() => document.querySelector('[data-view="guided-backprop"] .enlarge').click());
    const edges = await saved(page, "#save-npy");
    assert.match(edges.bytes.toString("latin1"), /'shape': \(3, 224, 224,\)/);
  });
});

test("take away: a page opens from disk with the map of each class", async () => {
  await withPage(
    async (page, requests) => {
      await openLab(page);
      await page.click('#predictions [data-class="285"]');
      await idle(page);
      await lookAt(page, "take-away");
      const { name, bytes } = await saved(page, "#save-page");
      assert.equal(name, "Dog-and-cat-grad-cam-Egyptian-Mau.html");
      assert.ok(bytes.length < 400_000, `${bytes.length} bytes`);
      const file = pathToFileURL(scratch("saved.html", bytes)).href;
      const before = requests.length;
      await page.goto(file);
      assert.deepEqual(
        requests.slice(before).filter((url) => !url.startsWith("data:")),
        [file],
      );
      assert.equal(await page.locator("script").count(), 0);
      assert.equal(await page.textContent("h1"), "What made the network say “Egyptian Mau”?");
      assert.match(await page.textContent(".about"), /Hans Kemperman, Public domain; Toyah/);
      const choices = [
        "Egyptian Mau",
        "Egyptian Mau",
        "German Shepherd Dog",
        "tabby cat",
        "tiger cat",
        "Australian Kelpie",
      ];
      for (const [at, label] of choices.entries()) {
        await page.check(`#map-${at}`);
        const shown = await page.$$eval(".map", (maps) =>
          maps.filter((map) => map.checkVisibility()).map(({ alt }) => alt),
        );
        assert.equal(shown.length, 1);
        assert.ok(
          shown[0].startsWith(`${at === 1 ? "Guided Grad-CAM" : "Grad-CAM"} for ${label}: strongest `),
          shown[0],
        );
      }
    },
    { otherOrigins: ["null"] },
  );
});

describe("take away: a permalink opens what was seen, and the codes show it in other pages", () => {
  const opened = onePage({ permissions: ["clipboard-read", "clipboard-write"] });
  let page;
  let peak, strength, link, element, frame;
  before(() => ({ page } = opened));

  test("the link and the codes follow what was chosen last", async () => {
    await openLab(page);
    await page.click('#samples [data-file="guitar_drums.jpg"]');
    await shown(page, "Electric guitar and drum kit");
    await page.fill("#class", "541");
    await page.keyboard.press("Enter");
    await page.waitForSelector('#predictions [data-class="541"][aria-pressed="true"]');
    await idle(page);
    await openSettings(page);
    await page.selectOption("#method", "layer-cam");
    await page.selectOption("#layer", "blocks.10.add");
    await page.click('[data-view="plain-cam"] .enlarge');
    await idle(page);
    await lookAt(page, "take-away");
    // changed last, with nothing computed after it
    await page.selectOption("#colormap", "viridis");
    assert.match(page.url(), /colours=viridis/);
    assert.match(await page.inputValue("#frame-code"), /colormap=viridis/);
    ({ peak, strength } = await numbers(page, "cam"));
    await page.click("#copy-link");
    await page.waitForFunction(() =>
      /clipboard/.test(document.querySelector("#take-away .status").textContent),
    );
    link = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(link, /photo=guitar_drums\.jpg/);
    assert.ok(link.startsWith(origin()));
  });

  test("the link opens what was seen", async () => {
    await page.goto("about:blank");
    await page.goto(link);
    await idle(page);
    assert.equal(await page.textContent("#photo-name"), "Electric guitar and drum kit");
    assert.deepEqual(await numbers(page, "cam"), {
      method: "layer-cam",
      target: 541,
      layer: "blocks.10.add",
      strength,
      peak,
    });
    assert.equal(await page.inputValue("#colormap"), "viridis");
    assert.equal(await page.$eval(".tile.large", (tile) => tile.dataset.view), "plain-cam");
  });

  test("the element's code is that of the large view", async () => {
    // the large view is plain CAM, which has a layer of its own
    await lookAt(page, "take-away");
    element = await page.inputValue("#element-code");
    assert.equal(
      element,
      `<script type="module" src="candling/candling-view.js"></script>
<figure>
<candling-view target="541" method="cam" colormap="viridis" controls>
  <img src="${origin()}/samples/guitar_drums.jpg" alt="Electric guitar and drum kit" width="800" height="600">
</candling-view>
<figcaption>Photo: Tom Harpel, CC-BY-2.0</figcaption>
</figure>`,
    );
  });

  test("the frame's code is copied as it stands there", async () => {
    await page.click('[data-view="cam"] .enlarge');
    frame = await page.inputValue("#frame-code");
    assert.match(
      frame,
      /^<iframe src="[^"<>]*" title="What made the network say “drum”\?" width="640" height="620" loading="lazy" style="max-width: 100%; border: 0"><\/iframe>$/,
    );
    await page.click("#copy-frame");
    await page.waitForFunction(() =>
      /frame's code is on the clipboard/.test(document.querySelector("#take-away .status").textContent),
    );
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), frame);
  });

  test("both show the same in a page of somebody who has copied the package", async () => {
    // both, in a page of somebody who has copied the package
    await page.route("**/post/*", async (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === "/post/page") {
        return route.fulfill({
          contentType: "text/html",
          body: `<!doctype html><link rel=icon href=../favicon.svg><title>A post</title>${element}${frame}`,
        });
      }
      return route.continue();
    });
    await page.route("**/post/candling/**", async (route) => {
      const path = new URL(route.request().url()).pathname.replace("/post/candling/", "");
      const response = await route.fetch({
        url: `${origin()}/${path.startsWith("models/") ? "" : "lib/"}${path}`,
      });
      await route.fulfill({ response });
    });
    await page.goto("/post/page");
    const ready = async (where) => {
      await where.waitForFunction(() => document.querySelector("candling-view").state === "ready");
      return where.$eval("candling-view", ({ explanation: { method, target, layer }, colormap }) => [
        method,
        target.class,
        layer,
        colormap,
      ]);
    };
    await page.$eval("candling-view", (view) => view.scrollIntoView());
    assert.deepEqual(await ready(page), ["cam", 541, "head", "viridis"]);
    await page.$eval("iframe", (iframe) => iframe.scrollIntoView());
    await page.waitForSelector("iframe");
    const embedded = await (await page.$("iframe")).contentFrame();
    await embedded.waitForSelector("candling-view");
    assert.deepEqual(await ready(embedded), ["layer-cam", 541, "blocks.10.add", "viridis"]);
    assert.equal(await embedded.textContent("figcaption"), "Photo: Tom Harpel, CC-BY-2.0");
  });
});

test("take away: a visitor's own photo is not in the link", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await page.setInputFiles("#file", new URL("../../www/samples/cat.jpg", import.meta.url).pathname);
    await shown(page, "cat.jpg");
    await lookAt(page, "take-away");
    assert.doesNotMatch(page.url(), /cat/);
    assert.match(await page.textContent("#link-about"), /stays on this device/);
    for (const code of ["#element-code", "#frame-code"]) {
      const text = await page.inputValue(code);
      assert.match(text, /src="?[^"]*your-photo\.jpg/);
      assert.doesNotMatch(text, /blob:|samples|cat\.jpg/);
      assert.match(text, / alt=""|&amp;alt=["&]/, "for the visitor to fill in");
    }
    assert.match(await page.textContent("#code-about"), /Put into the empty alt what the photo shows/);
    assert.match(await page.textContent("#code-about"), /in the place of your-photo\.jpg/);
  });
});

test("permalinks with nonsense in them open the page all the same", async () => {
  await withPage(async (page) => {
    await page.goto(
      "/?photo=nowhere.jpg&class=12x&view=none&layer=none&method=none&colours=none&over=99999999&fit=none",
    );
    await idle(page);
    assert.deepEqual((await numbers(page, "cam")).target, DOG);
    assert.match(await page.textContent("#message-text"), /no sample nowhere\.jpg/);
    await page.goto("/?class=123456");
    await idle(page);
    assert.equal((await numbers(page, "cam")).target, DOG, "a class that the network does not have");
  });
});

test("a permalink of another sample says nothing of ours before the network is there; one to a picture elsewhere keeps it", async () => {
  await withPage(async (page) => {
    const release = await hold(page, "**/models/*.safetensors");
    await page.goto("/?photo=guitar_drums.jpg&class=541");
    await page.waitForFunction(() => /guitar_drums/.test(document.querySelector("#poster").src));
    assert.equal(await page.textContent("#asked"), "…");
    assert.equal(await page.locator("#predictions li").count(), 0);
    release();
    await idle(page);
    assert.equal((await numbers(page, "cam")).target, 541);

    await page.goto("/?src=http%3A%2F%2Flocalhost%3A1%2Fcat.jpg&class=541");
    await idle(page);
    assert.equal(await page.inputValue("#link-address"), "http://localhost:1/cat.jpg");
    assert.equal((await numbers(page, "cam")).target, DOG, "the class is the other picture's");
    assert.match(page.url(), /src=http/, "a reload asks again");
  });
});

test("on a touch screen: the patch, the divider, and the views", async () => {
  await withPage(
    async (page) => {
      await countQuestions(page);
      await openLab(page);
      await page.tap('[data-view="guided-grad-cam"] .enlarge');
      assert.equal(await page.$eval(".tile.large", (tile) => tile.dataset.view), "guided-grad-cam");
      await page.tap('#predictions [data-class="285"]');
      await idle(page);
      assert.equal((await numbers(page, "cam")).target, CAT);

      const client = await page.context().newCDPSession(page);
      const swipe = async (from, to) => {
        const touch = (type, points) =>
          client.send("Input.dispatchTouchEvent", { type, touchPoints: points });
        await touch("touchStart", [from]);
        for (let step = 1; step <= 6; step++) {
          await touch("touchMove", [
            { x: from.x + ((to.x - from.x) * step) / 6, y: from.y + ((to.y - from.y) * step) / 6 },
          ]);
        }
        await touch("touchEnd", []);
      };
      await lookAt(page, "versus");
      const divided = await page.locator("#divided").boundingBox();
      const middle = divided.y + divided.height / 2;
      await swipe(
        { x: divided.x + divided.width / 2, y: middle },
        { x: divided.x + divided.width * 0.2, y: middle },
      );
      const cut = await page.$eval("#divided", (figure) =>
        Number.parseFloat(figure.style.getPropertyValue("--cut")),
      );
      assert.ok(Math.abs(cut - 20) < 6, `the light is at ${cut} %`);

      await lookAt(page, "proof");
      await slide(page, "#patch-size", PATCH);
      const figure = await page.locator("#proof-photo").boundingBox();
      const patch = await page.locator("#patch").boundingBox();
      const scroll = await page.evaluate(() => scrollY);
      await answered(page, () =>
        swipe(
          { x: patch.x + patch.width / 2, y: patch.y + patch.height / 2 },
          { x: figure.x + figure.width * 0.3, y: figure.y + figure.height * 0.3 },
        ),
      );
      assert.equal(await page.evaluate(() => scrollY), scroll, "the page stays where it is");
      const moved = await page.locator("#patch").boundingBox();
      assert.ok(
        Math.abs(moved.x + moved.width / 2 - figure.x - figure.width * 0.3) < 10,
        "it follows the finger",
      );
    },
    { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  );
});

test("a crash of the engine on a bench: the page recovers, once", async () => {
  await withPage(async (page) => {
    const traps = await setTraps(page);
    traps.source = `
      const explain = Run.prototype.explain;
      let maps = 0;
      Run.prototype.explain = function (...args) { return ++maps > 5 ? trap() : explain.apply(this, args); };`;
    await openLab(page);
    traps.source = "";
    await page.$eval("#versus", (section) => section.scrollIntoView({ behavior: "instant" }));
    await page.waitForSelector('#versus-b[data-target="285"]');
    await settled(page, "versus");
    assert.equal((await numbers(page, "cam")).target, DOG);
  });
});

test("before the network is there: a sample is explained, and its classes can be asked", async () => {
  await withPage(async (page) => {
    const release = await hold(page, "**/models/*.safetensors");
    await page.goto("/");
    await page.waitForFunction(() => document.querySelector("#poster").naturalWidth === 800);
    const before = await page.$$eval("#predictions [data-class]", (all) =>
      all.map(({ dataset, textContent }) => ({
        class: Number(dataset.class),
        probability: Number(dataset.probability),
        words: textContent.trim(),
      })),
    );
    await page.click('#predictions [data-class="285"]');
    assert.equal(await page.getAttribute("#poster", "src"), "samples/first/285.jpg");
    await page.waitForFunction(
      () =>
        document.querySelector("#poster").complete && document.querySelector("#poster").naturalWidth === 800,
    );
    assert.equal(await page.textContent("#asked"), "Egyptian Mau");
    release();
    await idle(page);
    // what was asked for before counts, and what was shown before was right
    assert.equal((await numbers(page, "cam")).target, CAT);
    assert.equal(await page.$("#poster"), null);
    const after = await page.$$eval("#predictions [data-class]", (all) =>
      all.map(({ dataset, textContent }) => ({
        class: Number(dataset.class),
        probability: Number(dataset.probability),
        words: textContent.trim(),
      })),
    );
    assert.deepEqual(
      after.map(({ class: index, words }) => [index, words]),
      before.map(({ class: index, words }) => [index, words]),
    );
    // browsers decode a photo a little differently
    for (const [at, { probability }] of after.entries())
      assert.ok(Math.abs(probability - before[at].probability) < 0.002);
  });
});
