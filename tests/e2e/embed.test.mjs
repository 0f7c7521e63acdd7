/**
 * `embed.html` in a frame of another site's page: what its address may say, whom it asks, and what it says
 * when it cannot.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { embedPolicy } from "../../web/scripts/server.mjs";
import { stage } from "./support/stage.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { build } = require("esbuild");
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const photo = readFileSync(new URL("../../www/samples/dog_cat.jpg", import.meta.url));

/** Rules of axe-core for whole pages that do not apply to a part of another one. */
const ofWholePages = ["landmark-one-main", "page-has-heading-one", "region"];

const plain = stage();
const isolated = stage({ isolated: true });
const [DOG, CAT] = [235, 285];

/** The site of the post: a page with a frame, and pictures that others may read, or not. */
let server;
let post;
/** Requests to that site: `{ url, headers }`. */
let asked = [];

before(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url, "http://localhost");
    asked.push({ url: request.url, headers: request.headers });
    if (url.pathname === "/readable.jpg")
      response
        .writeHead(200, { "content-type": "image/jpeg", "access-control-allow-origin": "*" })
        .end(photo);
    else if (url.pathname === "/unreadable.jpg")
      response.writeHead(200, { "content-type": "image/jpeg" }).end(photo);
    else if (url.pathname === "/post") {
      const frame = url.searchParams.get("frame").replaceAll("&", "&amp;").replaceAll('"', "&quot;");
      response
        .writeHead(200, { "content-type": "text/html" })
        .end(
          `<!doctype html><link rel=icon href=data:,><title>A post</title><iframe title="A figure" width=640 height=480 src="${frame}"></iframe>`,
        );
    } else response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  post = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

/** Opens a post with a frame that is asked for this, and returns the frame. */
async function frameOf(page, origin, query) {
  asked = [];
  const address = `${origin()}/embed.html?${query instanceof URLSearchParams ? query : new URLSearchParams(query)}`;
  await page.goto(`${post}/post?${new URLSearchParams({ frame: address })}`);
  const frame = page.frames().find((each) => each.url().startsWith(origin()));
  await frame.waitForLoadState();
  return frame;
}

async function ready(frame) {
  await frame.waitForFunction(() =>
    ["ready", "error"].includes(document.querySelector("candling-view")?.state),
  );
  return frame.$eval("candling-view", (view) => ({
    state: view.state,
    target: view.explanation?.target.class,
    method: view.explanation?.method,
    layer: view.explanation?.layer,
    build: view.candling?.info.build,
  }));
}

/** A module of `web/src`, with all that it imports. */
async function moduleOf(path) {
  const entryPoints = [new URL(`../../web/src/${path}`, import.meta.url).pathname];
  const { outputFiles } = await build({ entryPoints, bundle: true, format: "esm", write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

/** The sentence that stands in the place of a figure. */
const problem = (frame) => frame.waitForSelector(".problem").then((words) => words.textContent());

const elsewhere = () => ({ otherOrigins: [post] });

test("a frame of another site shows the photo of its own origin, and asks nobody else for anything", async () => {
  await plain.withPage(async (page, requests) => {
    const frame = await frameOf(page, plain.origin, {
      src: "samples/dog_cat.jpg",
      target: "Egyptian Mau",
      alt: "Dog and cat",
      credit: "Toyah",
    });
    const { build, ...shown } = await ready(frame);
    assert.deepEqual(shown, { state: "ready", target: CAT, method: "grad-cam", layer: "head" });
    assert.equal(build, "relaxed-simd");
    assert.equal(await frame.getAttribute("img", "alt"), "Dog and cat");
    assert.equal(await frame.textContent("figcaption"), "Photo: Toyah");
    assert.equal(await frame.title(), "Dog and cat");
    assert.deepEqual(
      asked.map(({ url }) => url.replace(/\?.*/, "")),
      ["/post"],
    );
    const own = requests.filter((url) => url.startsWith(plain.origin())).map((url) => new URL(url).pathname);
    assert.deepEqual(
      own.filter(
        (path) =>
          !/^\/(embed\.(html|css)|lib\/[\w./-]+|samples\/dog_cat\.jpg|models\/efficientnet-lite0\.safetensors)$/.test(
            path,
          ),
      ),
      [],
    );

    // it fills the frame, and no more
    const size = await frame.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.scrollHeight,
      innerWidth,
      innerHeight,
    ]);
    assert.deepEqual(size.slice(0, 2), size.slice(2));
    // a class of the bar is asked in place
    await frame.locator("candling-view button", { hasText: "German Shepherd" }).click();
    await frame.waitForFunction(
      (dog) => document.querySelector("candling-view").explanation.target.class === dog,
      DOG,
    );
  }, elsewhere());
});

test("everything that the address may say arrives", async () => {
  await plain.withPage(async (page) => {
    const frame = await frameOf(page, plain.origin, {
      src: "/samples/dog_cat.jpg",
      target: String(CAT),
      compare: String(DOG),
      method: "layer-cam",
      layer: "blocks.10.add",
      colormap: "viridis",
      opacity: "0.7",
      controls: "0",
      reveal: "interaction",
      loading: "eager",
      model: "models/efficientnet-lite0-small.safetensors",
    });
    await frame.locator("candling-view").getByRole("button", { name: "What made it say so?" }).click();
    const { state, target, method, layer } = await ready(frame);
    assert.deepEqual(
      { state, target, method, layer },
      { state: "ready", target: CAT, method: "layer-cam", layer: "blocks.10.add" },
    );
    const view = await frame.$eval("candling-view", (view) => {
      const { compare, colormap, opacity, controls, reveal, loading, model } = view;
      return { compare, colormap, opacity, controls, reveal, loading, model };
    });
    assert.deepEqual(view, {
      compare: String(DOG),
      colormap: "viridis",
      opacity: 0.7,
      controls: false,
      reveal: "interaction",
      loading: "eager",
      model: "models/efficientnet-lite0-small.safetensors",
    });
    assert.equal(await frame.getByRole("combobox", { name: "Method" }).count(), 0, "there is no bar");
  }, elsewhere());
});

test("a picture of another host is read where the host allows it, without a word about who asks", async () => {
  await plain.withPage(async (page) => {
    const frame = await frameOf(page, plain.origin, { src: `${post}/readable.jpg`, target: String(DOG) });
    assert.equal((await ready(frame)).target, DOG);
    const [, picture, ...more] = asked;
    assert.deepEqual(more, [], "one request for it");
    assert.equal(picture.url, "/readable.jpg");
    assert.equal(picture.headers.referer, undefined);
    assert.equal(picture.headers.cookie, undefined);
  }, elsewhere());
});

test("a picture that may not be read, or that is not there, is told in words", async () => {
  await plain.withPage(
    async (page) => {
      let frame = await frameOf(page, plain.origin, { src: `${post}/unreadable.jpg` });
      assert.match(
        await problem(frame),
        new RegExp(`^The picture at ${new URL(post).host} could not be read: .*access-control-allow-origin`),
      );
      frame = await frameOf(page, plain.origin, { src: "samples/nowhere.jpg" });
      assert.match(
        await problem(frame),
        /^There is no picture at \/samples\/nowhere\.jpg of localhost:\d+\.$/,
      );
      assert.equal(await frame.locator("candling-view").count(), 0);
    },
    { ...elsewhere(), expectErrors: /CORS|404|ERR_FAILED/ },
  );
});

const src = "samples/dog_cat.jpg";
const long = "x".repeat(501);
const script = "<img src=x onerror=alert(1)>";
/** What no address may say, and what the page says of it. */
const refusals = [
  [{}, /^The parameter src is the address of a picture.*; it is missing\.$/],
  [{ src: "" }, /^The parameter src is .*; given was “”\.$/],
  [
    { src: "http://elsewhere.test/a.jpg" },
    /own origin or https, .*; given was “http:\/\/elsewhere\.test\/a\.jpg”\.$/,
  ],
  [{ src: "javascript:alert(1)" }, /given was “javascript:alert\(1\)”/],
  [{ src: "data:image/png;base64,AAAA" }, /given was “data:image/],
  [{ src: "file:///etc/passwd" }, /given was “file:/],
  [{ src: "https://user:word@elsewhere.test/a.jpg" }, /given was “https:\/\/user/],
  [
    { src, method: "gradcam" },
    /^The parameter method is one of grad-cam, guided-backprop, .*deconvnet, .*; given was “gradcam”\.$/,
  ],
  [
    { src, colormap: "rainbow" },
    /^The parameter colormap is one of candle, turbo, .*; given was “rainbow”\.$/,
  ],
  [{ src, opacity: "1.5" }, /^The parameter opacity is a number from 0 to 1; given was “1\.5”\.$/],
  [{ src, opacity: "" }, /opacity is .*given was “”/],
  [{ src, opacity: "1e-3" }, /opacity is .*given was “1e-3”/],
  [{ src, controls: "yes" }, /^The parameter controls is one of 1, 0; given was “yes”\.$/],
  [{ src, reveal: "never" }, /^The parameter reveal is one of auto, interaction;/],
  [{ src, loading: "soon" }, /^The parameter loading is one of lazy, eager;/],
  [
    { src, layer: "a b" },
    /^The parameter layer is the name of a layer, such as blocks\.10\.add; given was “a b”\.$/,
  ],
  [{ src, target: "" }, /^The parameter target is a class, .* or top; given was “”\.$/],
  [{ src, target: long }, /^The parameter target is .*given was “x{80}…”\.$/],
  [{ src, alt: long }, /^The parameter alt is at most 500 characters;/],
  [{ src, credit: long }, /^The parameter credit is at most 500 characters;/],
  [
    { src, model: "https://elsewhere.test/model.safetensors" },
    /^The parameter model is the address of a model file, of the frame's own origin; given was/,
  ],
  [
    { src, [script]: "1" },
    /^There is no parameter “<img src=x onerror=alert\(1\)>”; there are src, alt, credit, target, compare, method, /,
  ],
  [{ src, method: script }, /given was “<img src=x onerror=alert\(1\)>”\.$/],
  [
    new URLSearchParams([
      ["src", src],
      ["target", "1"],
      ["target", "2"],
    ]),
    /^The parameter target is given once; it was given 2 times\.$/,
  ],
];

test("what the address may not say is told: what was given, and what is allowed", async () => {
  await plain.withPage(async (page, requests) => {
    for (const [query, words] of refusals) {
      const frame = await frameOf(page, plain.origin, query);
      assert.match(await problem(frame), words);
      assert.equal(await frame.locator("body img, body script, candling-view").count(), 0);
    }
    assert.equal(
      requests.filter((url) => /passwd|samples|wasm|models/.test(new URL(url).pathname)).length,
      0,
      "nothing was fetched for it",
    );
  }, elsewhere());
});

test("text is text, and a class or a layer that the network does not have is told by the element", async () => {
  await plain.withPage(async (page) => {
    const text = `<b onclick="x">"'&`;
    let frame = await frameOf(page, plain.origin, { src: "samples/dog_cat.jpg", alt: text, credit: text });
    assert.equal((await ready(frame)).state, "ready");
    assert.equal(await frame.getAttribute("img", "alt"), text);
    assert.equal(await frame.textContent("figcaption"), `Photo: ${text}`);
    assert.equal(await frame.locator("b").count(), 0);
    for (const query of [{ target: "dog in space" }, { layer: "nowhere" }]) {
      frame = await frameOf(page, plain.origin, { src: "samples/dog_cat.jpg", ...query });
      assert.equal((await ready(frame)).state, "error");
      assert.match(await frame.locator("candling-view [part=error]").innerText(), /dog in space|nowhere/);
    }
  }, elsewhere());
});

test("from a cross-origin isolated server, and with rules that pass axe-core, by day and by night", async () => {
  await isolated.withPage(async (page) => {
    const frame = await frameOf(page, isolated.origin, {
      src: `${post}/readable.jpg`,
      target: String(CAT),
      credit: "Toyah",
    });
    assert.equal((await ready(frame)).target, CAT);
    for (const colorScheme of ["dark", "light"]) {
      await page.emulateMedia({ colorScheme });
      await frame.evaluate(axeSource);
      const { violations } = await frame.evaluate((not) => {
        return window.axe.run(document, {
          rules: Object.fromEntries(not.map((rule) => [rule, { enabled: false }])),
        });
      }, ofWholePages);
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`),
        [],
      );
    }
  }, elsewhere());
});

test("the policy of the header is the page's own as well, and lets any site hold it in a frame", async () => {
  await plain.withPage(
    async (page) => {
      const header = (await page.goto("/embed.html?src=samples/cat.jpg")).headers()[
        "content-security-policy"
      ];
      const meta = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', "content");
      assert.equal(header, `${meta}; frame-ancestors *`);
      assert.equal(header, embedPolicy);
      assert.doesNotMatch(
        meta,
        /unsafe-inline|'unsafe-eval'|(connect|script|worker|style)-src[^;]*(https?:|\*)/,
      );
    },
    { expectErrors: /404/ },
  );
});

test("the lab's codes: a photo of another host is asked for with CORS, and texts do not break out", async () => {
  const { elementCode, frameCode } = await moduleOf("lab/embed-code.ts");
  const figure = {
    photo: new URL("https://elsewhere.test/a%22b.jpg?x=1&y=2"),
    readable: true,
    alt: `"><script>alert(1)</script>`,
    credit: "<b>&",
    width: 800,
    height: 400,
    question: { target: "285" },
  };
  assert.equal(
    elementCode(figure),
    `<script type="module" src="candling/candling-view.js"></script>
<figure>
<candling-view target="285" controls>
  <img src="https://elsewhere.test/a%22b.jpg?x=1&amp;y=2" crossorigin="anonymous" alt="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;" width="800" height="400">
</candling-view>
<figcaption>Photo: &lt;b&gt;&amp;</figcaption>
</figure>`,
  );
  const frame = frameCode(figure, new URL("https://candling.test/lab/embed.html"), `"onload="x`);
  const [, address] =
    /^<iframe src="([^"<>]*)" title="&quot;onload=&quot;x" width="640" height="460" loading="lazy" style="max-width: 100%; border: 0"><\/iframe>$/.exec(
      frame,
    );
  const { origin, pathname, searchParams } = new URL(address.replaceAll("&amp;", "&"));
  assert.equal(origin + pathname, "https://candling.test/lab/embed.html");
  assert.deepEqual(Object.fromEntries(searchParams), {
    src: figure.photo.href,
    target: "285",
    alt: figure.alt,
    credit: figure.credit,
  });
});

test("the table of parameters is complete: its colours are the engine's, and each entry says what it is", async () => {
  const { parameters } = await moduleOf("embed/parameters.ts");
  await plain.withClient(async (page) => {
    const colormaps = await page.evaluate(() => window.candling.colormaps);
    assert.deepEqual(
      [...parameters.find(({ name }) => name === "colormap").allowed].sort(),
      [...colormaps].sort(),
    );
  });
  for (const { name, meaning, allowed, fallback } of parameters) {
    assert.match(meaning, /^[A-Z].*\.$/, name);
    assert.ok(allowed.length > 0 && (fallback !== undefined || name === "src"), name);
  }
});
