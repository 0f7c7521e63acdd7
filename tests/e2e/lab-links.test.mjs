/** The lab's address: valid parts are used, invalid ones are reported, and a link opens what was seen. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { countQuestions, data, lookAt, quiet, settled, shown, slide } from "./support/lab.mjs";
import { idle, message, numbers, openLab, stage } from "./support/stage.mjs";

const { onePage, withPage } = stage();

/** Opens an address, waits for its answer and gives what is said of it. */
async function said(page, address) {
  await page.goto(address);
  await idle(page);
  await page.waitForFunction(() => document.querySelector("#message-text").textContent !== "");
  return message(page);
}

test("a class by its name or a part of it, A and B", async () => {
  await withPage(async (page) => {
    await page.goto("/?class=tabby&over=teapot");
    await page.waitForSelector('#predictions [data-class="281"][aria-pressed="true"]');
    await idle(page);
    assert.equal((await numbers(page, "cam")).target, 281);
    await lookAt(page, "versus");
    assert.equal((await data(page, "#versus-b")).target, 849);
    assert.equal(await message(page), "");
  });
});

test("every value that cannot be followed is said, and the others hold", async () => {
  await withPage(async (page) => {
    const words = await said(
      page,
      "/?class=5000&over=zzz&method=foo&layer=nowhere&fit=stretch&colours=pink&strength=200&compare=x&view=y&divider=-1&stage=z&stage-method=q&patch=1,2&fill=red&hottest=a&forgotten=99&weights=tiny&model=other&clas=1&utm_source=post&photo=none.jpg",
    );
    assert.match(words, /^Not followed in the address: /);
    const names = [
      "class=5000",
      "over=zzz",
      "method=foo",
      "layer=nowhere",
      "fit=stretch",
      "colours=pink",
      "strength=200",
      "compare=x",
      "view=y",
      "divider=-1",
      "stage=z",
      "stage-method=q",
      "patch=1,2",
      "fill=red",
      "hottest=a",
      "forgotten=99",
      "weights=tiny",
      "model=other",
      "clas=1",
      "photo=none.jpg",
    ];
    for (const name of names) assert.ok(words.includes(`${name} (`), `${name}: ${words}`);
    assert.doesNotMatch(words, /utm/);
    assert.match(words, /classes 0 to 999/);
    assert.match(words, /method=foo \(it is one of grad-cam,/);
    assert.equal((await numbers(page, "cam")).target, 235);

    assert.match(
      await said(page, "/?class=281&class=282"),
      /class=282 \(it is given 2 times, and the first one counts\)/,
    );
    assert.equal((await numbers(page, "cam")).target, 281);
    assert.match(await said(page, "/?strength="), /strength= \(it is empty\)/);
    assert.match(await said(page, "/?class=282&method=foo"), /method=foo/);
    assert.equal((await numbers(page, "cam")).target, 282, "what can be followed is followed");
  });
});

/** The patch, what it covers, and what the network then says. */
async function tested(page) {
  await page.waitForFunction(
    () =>
      document.querySelector("#proof-reading").dataset.fill ===
      document.querySelector('[name="fill"]:checked').value,
  );
  await quiet(page);
  const box = await page.$eval("#patch", ({ style }) =>
    ["--x", "--y", "--w", "--h"].map((name) => style.getPropertyValue(name)),
  );
  return [
    box,
    await page.textContent("#proof-reading"),
    await data(page, "#proof-reading"),
    await page.$$eval("#proof-bars dd", (all) => all.map(({ dataset }) => dataset.now)),
  ];
}

describe("a link carries how the experiments are set", () => {
  const opened = onePage({ permissions: ["clipboard-read", "clipboard-write"] });
  let page;
  let patch, link;
  before(() => ({ page } = opened));

  test("what is set there stands in the link", async () => {
    await countQuestions(page);
    await openLab(page);
    await page.click('#samples [data-file="dog_cat_meadow.jpg"]');
    await page.waitForSelector('#samples [data-file="dog_cat_meadow.jpg"][aria-pressed="true"]');
    await lookAt(page, "versus");
    await page.locator("#divider").fill("37");
    await lookAt(page, "layers");
    await slide(page, "#depth", 4);
    await page.check('[name="layers-method"][value="layer-cam"]', { force: true });
    await settled(page, "layers");
    await page.waitForSelector('#layer-map[data-stage="4"][data-method="layer-cam"]');
    const { layer } = await data(page, "#layer-map");
    await lookAt(page, "proof");
    await slide(page, "#patch-size", 40);
    await page.focus("#patch");
    await page.keyboard.press("Shift+ArrowDown");
    await page.check('[name="fill"][value="blur"]', { force: true });
    await slide(page, "#hottest", 20);
    await settled(page, "proof");
    await lookAt(page, "sanity");
    await slide(page, "#forgotten", 3);
    await page.waitForSelector('#sanity-maps [data-method="cam"][data-layers="3"]');
    await lookAt(page, "proof");
    patch = await tested(page);
    await lookAt(page, "take-away");
    await page.click("#copy-link");
    await page.waitForFunction(() =>
      /clipboard/.test(document.querySelector("#take-away .status").textContent),
    );
    link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
    const given = Object.fromEntries(link.searchParams);
    assert.deepEqual(
      { ...given, patch: "" },
      {
        photo: "dog_cat_meadow.jpg",
        class: "235",
        divider: "37",
        stage: layer,
        "stage-method": "layer-cam",
        patch: "",
        fill: "blur",
        hottest: "20",
        forgotten: "3",
      },
    );
  });

  test("the link sets it as it was, to the last bit", async () => {
    await page.goto("about:blank");
    await page.goto(link.href);
    await idle(page);
    assert.equal(await message(page), "");
    await lookAt(page, "versus");
    assert.equal(await page.inputValue("#divider"), "37");
    await lookAt(page, "layers");
    await page.waitForSelector('#layer-map[data-stage="4"][data-method="layer-cam"]');
    await lookAt(page, "proof");
    assert.deepEqual(
      [
        await page.inputValue("#patch-size"),
        await page.inputValue("#hottest"),
        await page.isChecked('[name="fill"][value="blur"]'),
      ],
      ["40", "20", true],
    );
    assert.deepEqual(await tested(page), patch, "to the last bit");
    await lookAt(page, "sanity");
    await page.waitForSelector('#sanity-maps [data-method="cam"][data-layers="3"]');
  });

  test("another photo begins without it", async () => {
    // of another photo, the patch and B are not those of this one
    await page.evaluate(() => scrollTo(0, 0));
    await page.click('#samples [data-file="panda.jpg"]');
    await shown(page, "Giant panda");
    await lookAt(page, "proof");
    await page.waitForFunction(() => !location.search.includes("forgotten"));
  });
});

for (const query of [
  "photo=panda.jpg&class=296&over=849&divider=30",
  "photo=panda.jpg&class=ice%20bear&over=teapot&divider=30&pair=margin",
]) {
  test(`the divider of a link is where it says, though little is seen there: ${query}`, async () => {
    await withPage(async (page) => {
      await page.goto(`/?${query}`);
      await idle(page);
      await lookAt(page, "versus");
      await idle(page);
      assert.equal(await page.inputValue("#divider"), "30");
      assert.match(page.url(), /divider=30/);
    });
  });
}

test("a chosen B is that of its photo", async () => {
  await withPage(async (page) => {
    await openLab(page);
    await lookAt(page, "versus");
    await page.fill("#other", "teapot");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => /over=849/.test(location.search));
    await page.click('#samples [data-file="panda.jpg"]');
    await shown(page, "Giant panda");
    assert.doesNotMatch(page.url(), /over=/);
    await lookAt(page, "versus");
    assert.notEqual((await data(page, "#versus-b")).target, 849);
  });
});
