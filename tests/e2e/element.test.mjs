/** `<candling-view>` in a post: what it shows, and what its reader does with it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { before, describe, test } from "node:test";
import { CLASSIC, MODULE, openPost, painted, policy, states, told, view } from "./support/post.mjs";
import { frames, MODEL, setTraps, stage } from "./support/stage.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [DOG, TABBY, ESPRESSO] = [235, 281, 967];
const { onePage, origin, withPage } = stage();

/** Largest distance between canvas and photo in pixels: browsers round boxes to fractions of one. */
const PLACE = 0.5;

/** Contents of the photo's box and of the map over it, in pixels of the window. */
function boxes(page) {
  return page.$eval("candling-view", (element) => {
    const image = element.querySelector("img");
    const outer = image.getBoundingClientRect();
    const style = getComputedStyle(image);
    const edge = (side) => parseFloat(style[`border${side}Width`]) + parseFloat(style[`padding${side}`]);
    const map = element.shadowRoot.querySelector("canvas").getBoundingClientRect();
    return {
      photo: [
        outer.left + edge("Left"),
        outer.top + edge("Top"),
        outer.right - edge("Right"),
        outer.bottom - edge("Bottom"),
      ],
      map: [map.left, map.top, map.right, map.bottom],
    };
  });
}

const near = (a, b) => a.every((value, at) => Math.abs(value - b[at]) <= PLACE);

for (const [name, script] of [
  ["module", MODULE],
  ["classic", CLASSIC],
]) {
  test(`the ${name} script and one element: the map is the client's, bit for bit, over the photo that was there`, async () => {
    await withPage(async (page) => {
      await openPost(page, view('method="grad-cam" target="tabby"'), { script });
      const same = await page.evaluate(async (model) => {
        const element = document.querySelector("candling-view");
        const { Candling } = await import("/lib/candling.js");
        const candling = await Candling.load({ model });
        const run = await candling.run(document.querySelector("img"));
        const map = await run.explain({ method: "grad-cam", target: 281 });
        const alike = element.explanation.data.every((value, at) => value === map.data[at]);
        candling.close();
        return alike && element.explanation.data.length === 49 && element.explanation.max > 0;
      }, MODEL);
      assert.ok(same);
      const [map, other] = await painted(page);
      assert.ok(map.seen && map.sum > 0);
      assert.ok(!other.seen);
      const { photo, map: over } = await boxes(page);
      assert.ok(near(photo, over), `${photo} and ${over}`);
      assert.deepEqual(
        (await told(page)).map(({ type, state }) => state ?? type).filter((word) => word !== "progress"),
        ["waiting", "loading", "waiting", "running", "predict", "ready", "explain"],
      );
      assert.deepEqual(await told(page, "predict"), [
        { which: 0, type: "predict", best: DOG, classes: 1000, notes: [] },
      ]);
    });
  });
}

test("module, classic script and class on one page: the element is defined once, and a second name is a class of its own", async () => {
  await withPage(async (page) => {
    await openPost(page, view(), { script: MODULE + CLASSIC });
    const found = await page.evaluate(async () => {
      const first = customElements.get("candling-view");
      const other = await import("/lib/candling-view-element.js");
      other.define();
      other.define("other-view");
      other.define("third-view");
      const { define } = await import("/lib/candling-view.js");
      define("fourth-view");
      return {
        kept: customElements.get("candling-view") === first,
        second: customElements.get("other-view") === other.CandlingViewElement,
        derived: ["third-view", "fourth-view"].map(
          (name) => customElements.get(name) !== undefined && customElements.get(name) !== first,
        ),
      };
    });
    assert.deepEqual(found, { kept: true, second: true, derived: [true, true] });
  });
});

for (const [name, css, turned] of [
  ["mirrored", "img { transform: scaleX(-1) }", true],
  ["mirrored around it, by a property of its own", "candling-view { scale: -1 1 }", true],
  ["turned by a quarter", "img { rotate: 90deg }", true],
  ["mirrored and mirrored back", "img { transform: scaleX(-1) } body { scale: -1 1 }", false],
  ["a little askew, and smaller", "img { transform: rotate(-8deg); scale: 0.5 }", false],
]) {
  test(`a photo that is ${name}: the words on where evidence lies ${turned ? "say of which photo they are" : "are as ever"}`, async () => {
    await withPage(async (page) => {
      await page.addInitScript((css) => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(css);
        document.adoptedStyleSheets.push(sheet);
      }, css);
      await openPost(page, view("controls"));
      const words = await page.locator("candling-view [part=status]").innerText();
      assert.match(words, /: strongest on the left/);
      assert.equal(/ This is said of the photo before the page turned it\.$/.test(words), turned, words);
    });
  });
}

test("the bar: the likeliest classes, the method and the strength, by mouse and keyboard", async () => {
  await withPage(async (page) => {
    await openPost(page, view("controls"));
    const classes = page.locator("candling-view [part~=class]");
    assert.deepEqual(await classes.evaluateAll((all) => all.map(({ ariaPressed }) => ariaPressed)), [
      "true",
      "false",
      "false",
      "false",
    ]);
    await page.locator("candling-view").getByText("tabby cat").click();
    await page.waitForFunction(
      () => document.querySelector("candling-view").explanation?.target.class === 281,
    );
    assert.equal(await page.getAttribute("candling-view", "target"), String(TABBY));
    assert.match(await page.locator("candling-view [part~=chosen]").innerText(), /^tabby cat/);
    // The keyboard is still on the button of that class, which is a new one.
    assert.equal(
      await page.evaluate(
        () => document.querySelector("candling-view").shadowRoot.activeElement.dataset.class,
      ),
      String(TABBY),
    );
    await page.selectOption("candling-view [part=method]", "guided-grad-cam");
    await page.waitForFunction(
      () => document.querySelector("candling-view").explanation?.method === "guided-grad-cam",
    );
    assert.equal(
      await page.evaluate(() => document.querySelector("candling-view").explanation.data.length),
      3 * 224 * 224,
    );
    await page.focus("candling-view [part=opacity]");
    await page.keyboard.press("Home");
    assert.equal(await page.getAttribute("candling-view", "opacity"), "0");
    assert.equal(
      await page.$eval("candling-view", ({ shadowRoot }) => shadowRoot.querySelector("canvas").style.opacity),
      "0",
    );
    // once for the photo, however often it was asked about
    assert.equal((await told(page, "predict")).length, 1);
    assert.match(
      await page.locator("candling-view [role=status]").innerText(),
      /^Guided Grad-CAM for tabby cat: strongest on the right/,
    );
  });
});

test("compare: two maps in one scale, and a divider that the keyboard moves", async () => {
  await withPage(async (page) => {
    await openPost(page, view('target="235" compare="tabby cat"'));
    assert.deepEqual(await told(page, "explain"), [
      { which: 0, type: "explain", target: DOG, method: "grad-cam", compared: TABBY },
    ]);
    assert.deepEqual(
      (await painted(page)).map(({ seen }) => seen),
      [true, true],
    );
    const clip = () =>
      page.$eval(
        "candling-view",
        ({ shadowRoot }) => getComputedStyle(shadowRoot.querySelector("canvas")).clipPath,
      );
    const before = await clip();
    await page.focus("candling-view [part=divider]");
    await page.keyboard.press("End");
    assert.notEqual(await clip(), before);
    // In the scale of both, the cat's weaker map is darker than in its own.
    const [, shared] = await painted(page);
    await page.$eval("candling-view", (element) => {
      element.target = 281;
      element.compare = null;
    });
    await page.waitForFunction(
      () => document.querySelector("candling-view").explanation?.target.class === 281,
    );
    await states(page, "ready");
    const [alone, gone] = await painted(page);
    assert.ok(!gone.seen);
    assert.notEqual(shared.sum, alone.sum);
  });
});

describe("the map lies on the photo's pixels, whatever border, padding, fit or place the post gives it", () => {
  const opened = onePage();
  let page;
  before(() => ({ page } = opened));

  test("with border, padding and object-fit, and when the window becomes narrower", async () => {
    await openPost(page, `<figure>${view()}</figure>`);
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(
        "figure { margin: 20px 7% } img { width: 70%; aspect-ratio: 1; height: auto; object-fit: cover; object-position: left; border: 9px solid; padding: 4px; margin: 11px; border-radius: 20px }",
      );
      document.adoptedStyleSheets = [sheet];
    });
    const fits = async () => {
      await page.waitForFunction(
        () =>
          getComputedStyle(document.querySelector("candling-view").shadowRoot.querySelector("canvas"))
            .objectFit === "cover",
      );
      const { photo, map } = await boxes(page);
      assert.ok(near(photo, map), `${photo} and ${map}`);
    };
    await fits();
    await page.setViewportSize({ width: 500, height: 700 });
    await frames(page);
    await fits();
  });

  test("a photo in a box of other proportions: the map has no bars", async () => {
    // the whole photo in a box of other proportions: the map has no bars
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(
        "img { width: 300px; height: 300px; aspect-ratio: auto; object-fit: contain; object-position: left bottom; border: 0; padding: 0; margin: 0 }",
      );
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    });
    await page.waitForFunction(() => {
      const map = document
        .querySelector("candling-view")
        .shadowRoot.querySelector("canvas")
        .getBoundingClientRect();
      return Math.abs(map.width - 300) < 0.5 && Math.abs(map.height - (300 * 478) / 800) < 0.5;
    });
    const under = await page.$eval("candling-view", (element) => {
      const [map, photo] = [element.shadowRoot.querySelector("canvas"), element.querySelector("img")].map(
        (each) => each.getBoundingClientRect(),
      );
      return Math.abs(map.bottom - photo.bottom) + Math.abs(map.left - photo.left);
    });
    assert.ok(under <= 2 * PLACE);
  });

  test("a slide that is scaled as a whole", async () => {
    // a slide may be scaled as a whole
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(
        "main { transform: scale(0.5) } img { width: 400px; height: auto; object-fit: fill }",
      );
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    });
    await page.waitForFunction(() => {
      const element = document.querySelector("candling-view");
      const [map, photo] = [element.shadowRoot.querySelector("canvas"), element.querySelector("img")].map(
        (each) => each.getBoundingClientRect(),
      );
      return (
        Math.abs(photo.width - 200) < 0.5 &&
        Math.abs(map.width - photo.width) < 0.5 &&
        Math.abs(map.bottom - photo.bottom) < 0.5
      );
    });
    const ratio = await page.$eval("candling-view", ({ shadowRoot }) => {
      const { width, height } = shadowRoot.querySelector("canvas");
      return width / height;
    });
    // a canvas of 320 pixels has its shorter side rounded to a whole one
    assert.ok(Math.abs(ratio - 800 / 478) < 0.005);
  });
});

test("reveal=interaction: nothing is loaded until the button is pressed", async () => {
  await withPage(async (page, requests) => {
    await openPost(page, view('reveal="interaction" controls'), { ready: false });
    await page.waitForSelector("candling-view [part=reveal]");
    await page.waitForLoadState("networkidle");
    assert.deepEqual(
      requests.filter((url) => /candling\.js|worker|wasm|safetensors/.test(url)),
      [],
    );
    assert.equal(await page.evaluate(() => document.querySelector("candling-view").state), "idle");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await states(page, "ready");
    assert.ok((await painted(page))[0].seen);
    assert.ok(await page.locator("candling-view [part=reveal]").isHidden());
    // loaded early, shown late
    await page.evaluate(() => {
      const other = document.querySelector("candling-view").cloneNode(true);
      other.loading = "eager";
      document.querySelector("main").prepend(other);
    });
    await states(page, "ready");
    assert.equal(
      await page.$eval("candling-view", ({ shadowRoot }) =>
        shadowRoot.querySelector("canvas").classList.contains("veiled"),
      ),
      true,
    );
    await page.locator("candling-view [part=reveal]").first().click();
    assert.ok(await page.locator("candling-view [part=reveal]").first().isHidden());
    assert.equal(
      await page.$eval("candling-view", ({ shadowRoot }) =>
        shadowRoot.querySelector("canvas").classList.contains("veiled"),
      ),
      false,
    );
  });
});

test("in a <picture> and a link, and a photo that is another one later", async () => {
  await withPage(async (page) => {
    await openPost(
      page,
      view().replace(
        /<img.*?>/,
        '<a href="#x"><picture><source srcset="/samples/coffee.jpg"><img src="/samples/dog_cat.jpg" alt="A cup"></picture></a>',
      ),
    );
    assert.deepEqual(
      (await told(page, "predict")).map(({ best }) => best),
      [ESPRESSO],
    );
    await page.evaluate(() => {
      document.querySelector("source").remove();
    });
    await page.waitForFunction(() => document.querySelector("candling-view").predictions[0]?.index === 235);
    await states(page, "ready");
    await page.evaluate(() => {
      document
        .querySelector("candling-view")
        .replaceChildren(Object.assign(new Image(), { src: "/samples/macaw.jpg", alt: "A macaw" }));
    });
    await page.waitForFunction(() => document.querySelector("candling-view").predictions[0]?.index === 88);
    await states(page, "ready");
    assert.deepEqual(
      (await told(page, "explain")).map(({ target }) => target),
      [ESPRESSO, DOG, 88],
    );
  });
});

test("a photo of another origin: explained where its host allows it, with or without crossorigin, and told where it does not", async () => {
  await withPage(
    async (page) => {
      await page.route("http://photos.test/**", async (route) => {
        const { pathname } = new URL(route.request().url());
        const response = await route.fetch({ url: `${origin()}/samples/coffee.jpg` });
        // left to itself, playwright would allow every origin
        const allowed = pathname.includes("open") ? "*" : "http://nobody.test";
        await route.fulfill({
          body: await response.body(),
          headers: { "content-type": "image/jpeg", "access-control-allow-origin": allowed },
        });
      });
      const [open, shut] = ["http://photos.test/open.jpg", "http://photos.test/shut.jpg"];
      const body = [
        view("", open),
        view("", open).replace("<img ", '<img crossorigin="anonymous" '),
        view("", shut),
      ].join("");
      await openPost(page, body, {
        ready: false,
        allow: policy.replace(/(connect|img)-src 'self'/g, "$& http://photos.test"),
      });
      await page.evaluate(() =>
        Promise.allSettled(
          [...document.querySelectorAll("candling-view")].map((element) => element.explain()),
        ),
      );
      const all = await page.$$eval("candling-view", (elements) =>
        elements.map(({ state, predictions }) => [state, predictions[0]?.index]),
      );
      assert.deepEqual(all, [
        ["ready", ESPRESSO],
        ["ready", ESPRESSO],
        ["error", undefined],
      ]);
      const [error] = await told(page, "error");
      assert.equal(error.code, "tainted-image");
      assert.match(error.message, /shut\.jpg is another origin's.*access-control-allow-origin/);
    },
    { otherOrigins: ["http://photos.test"], expectErrors: /CORS|ERR_FAILED/ },
  );
});

test("an engine that crashes in mid-run is started again, and the reader sees the map", async () => {
  await withPage(async (page) => {
    await setTraps(page, {
      source: `if (!(await (await fetch("/once")).text()).includes("again")) {
        const forward = Engine.prototype.forward;
        Engine.prototype.forward = function (...given) { trap(); return forward.apply(this, given); };
      }`,
    });
    let times = 0;
    await page.route("**/once", (route) => route.fulfill({ body: times++ === 0 ? "first" : "again" }));
    await openPost(page, view());
    assert.equal(times, 2);
    assert.deepEqual(await told(page, "error"), []);
  });
});

test("toBlob: a PNG with a caption, a page in one file, and clear words on anything else", async () => {
  await withPage(async (page) => {
    await openPost(page, view("controls"));
    const { png, html, error } = await page.evaluate(async () => {
      const element = document.querySelector("candling-view");
      const png = await element.toBlob();
      const html = await element.toBlob({
        type: "text/html",
        classes: ["tabby", 235],
        title: "A dog & a cat",
        credit: "me",
      });
      const picture = await createImageBitmap(png);
      const error = await element
        .toBlob({ type: "image/gif" })
        .catch(({ code, message }) => ({ code, message }));
      return {
        png: { type: png.type, width: picture.width, height: picture.height },
        html: { size: html.size, text: await html.text() },
        error,
      };
    });
    const compared = await page.evaluate(async () => {
      const element = document.querySelector("candling-view");
      Object.assign(element, { target: 235, compare: 281 });
      const page = await (await element.toBlob({ type: "text/html", classes: [235, 281] })).text();
      const { explanation } = element;
      return { legend: /All heatmaps from 0 to ([\d.]+)/.exec(page)?.[1], max: explanation.max };
    });
    assert.ok(
      Math.abs(Number(compared.legend) - compared.max) < 0.001,
      "in the scale of the stronger one, as on the page",
    );
    assert.equal(png.type, "image/png");
    assert.ok(png.width > 600 && png.height > png.width * (478 / 800), "the photo, and a caption");
    assert.ok(html.size < 400_000);
    assert.match(html.text, /A dog &#?\w+; a cat/);
    assert.equal(html.text.match(/<img class="map /g).length, 2);
    assert.doesNotMatch(html.text, /<script|wasm/);
    assert.deepEqual(error, {
      code: "bad-argument",
      message: 'toBlob: type is "image/png", "text/html"; given "image/gif"',
    });
  });
});

test("axe-core finds nothing, whatever state the element is in", async () => {
  for (const colorScheme of ["light", "dark"]) {
    await withPage(
      async (page) => {
        const bodies = [
          view("controls"),
          view('target="235" compare="tabby"'),
          view('reveal="interaction"'),
          view('target="nonsense"'),
        ];
        await openPost(page, bodies.join("<p>Words.</p>"), { ready: false });
        for (const [at, state] of ["ready", "ready", "idle", "error"].entries()) {
          await page.locator("candling-view").nth(at).scrollIntoViewIfNeeded();
          await page.waitForFunction(
            ([at, state]) => document.querySelectorAll("candling-view")[at].state === state,
            [at, state],
          );
        }
        await page.evaluate(axeSource);
        const { violations, passes } = await page.evaluate(() => window.axe.run());
        assert.deepEqual(
          violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
          [],
        );
        assert.ok(passes.length > 20);
      },
      { colorScheme },
    );
  }
});

/**
 * A JPEG of which a part is missing at the end; `ended`: as if that were its end, so that a browser makes a
 * bitmap of it.
 */
function cut(ended) {
  const whole = readFileSync(new URL("../photos/odd/size_4000x3000.jpg", import.meta.url));
  return Buffer.concat([
    whole.subarray(0, Math.round(0.88 * whole.length)),
    Buffer.from(ended ? [0xff, 0xd9] : []),
  ]);
}

for (const ended of [false, true]) {
  test(`a photo that ${ended ? "seems whole and is" : "is"} cut short has its map, and what is missing stands under it`, async () => {
    await withPage(async (page) => {
      await page.route("**/cut.jpg", (route) =>
        route.fulfill({ contentType: "image/jpeg", body: cut(ended) }),
      );
      await openPost(page, view("", "/cut.jpg"));
      const said = /^The file is cut short or damaged: \d+ % of the picture is missing, and grey here\.$/;
      assert.match(await page.locator("candling-view [part=note]").innerText(), said);
      const [{ notes }] = await told(page, "predict");
      assert.match(notes.join(), /^the file is cut short/);
      await page.$eval("candling-view img", (image) => (image.src = "/samples/coffee.jpg"));
      await page.waitForFunction(() => document.querySelector("candling-view").predictions[0]?.index === 967);
      assert.ok(await page.locator("candling-view [part=note]").isHidden());
    });
  });
}
