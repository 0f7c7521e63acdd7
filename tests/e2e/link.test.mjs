/** Pictures by link: one door, one request, and the page's own policy stays shut. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { doorPolicy } from "../../web/scripts/server.mjs";
import { waitUntil } from "./support/patience.mjs";
import { emptyPage, stage } from "./support/stage.mjs";

const { build } = createRequire(new URL("../../web/package.json", import.meta.url))("esbuild");
const plain = stage();
const isolated = stage({ isolated: true });

const cat = readFileSync(new URL("../../www/samples/cat.jpg", import.meta.url));
const MB = 1024 * 1024;
const readable = { "access-control-allow-origin": "*" };
const jpeg = { ...readable, "content-type": "image/jpeg" };

/** The resources of the other host, as functions of the response. */
const answers = {
  "/a%20cat.jpg": (response) => response.writeHead(200, jpeg).end(cat),
  "/typed-by-nobody": (response) =>
    response.writeHead(200, { ...readable, "content-type": "application/octet-stream" }).end(cat),
  "/no-cors.jpg": (response) => response.writeHead(200, { "content-type": "image/jpeg" }).end(cat),
  "/gone.jpg": (response) => response.writeHead(404, readable).end("gone"),
  "/busy.jpg": (response) => response.writeHead(503, readable).end(),
  "/page": (response) =>
    response.writeHead(200, { ...readable, "content-type": "text/html; charset=utf-8" }).end("<p>a page"),
  "/moved.jpg": (response) => response.writeHead(302, { ...readable, location: "/a%20cat.jpg" }).end(),
  "/moved-away.jpg": (response) =>
    response.writeHead(302, { ...readable, location: "http://elsewhere.test/cat.jpg" }).end(),
  "/huge.jpg": (response) => response.writeHead(200, { ...jpeg, "content-length": 65 * MB }).write(cat),
  "/endless.jpg": (response) => {
    const more = () => {
      response.sent = (response.sent ?? 0) + MB;
      if (response.write(Buffer.alloc(MB))) setImmediate(more);
    };
    response.writeHead(200, jpeg).on("drain", more);
    more();
  },
  // with its own icon, so that the browser asks for none
  "/embedder": (response) =>
    response
      .writeHead(200, { "content-type": "text/html" })
      .end("<!doctype html><link rel=icon href=data:,><body>"),
  "/slow.jpg": (response) => response.writeHead(200, jpeg).write(cat.subarray(0, 1000)),
};

let server;
let elsewhere;
/** Requests that the other host got: `{ url, headers, closed }`; `closed` resolves with the bytes sent. */
let asked = [];
let script;

before(async () => {
  server = createServer((request, response) => {
    const { url, headers } = request;
    asked.push({
      url,
      headers,
      closed: new Promise((resolve) => response.on("close", () => resolve(response.sent))),
    });
    answers[url](response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  elsewhere = `http://127.0.0.1:${server.address().port}`;
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../../web/src/lab/link.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    write: false,
  });
  script = outputFiles[0].text;
});
after(() => {
  server?.closeAllConnections();
  server?.close();
});

/**
 * Runs `body` on an empty page under the site's policy. There, `window.link(address)` gives what the visitor
 * gets: a name, a type and a size, or the sentence of the error.
 */
function withLink(body, { on = plain, ...options } = {}) {
  asked = [];
  return on.withPage(
    async (page, requests) => {
      await page.route("**/lib/link.js", (route) =>
        route.fulfill({ contentType: "text/javascript", body: script }),
      );
      await emptyPage(page, { isolated: on === isolated });
      await page.evaluate(async () => {
        const { fetchPicture } = await import("/lib/link.js");
        window.link = async (address, signal) => {
          try {
            const { blob, name } = await fetchPicture(address, signal);
            return { name, type: blob.type, size: blob.size };
          } catch (error) {
            if (!(error instanceof Error)) throw new Error("what was thrown is no Error");
            return error.message;
          }
        };
      });
      await body(page, requests);
      assert.equal(
        await page.evaluate(() => document.querySelectorAll("iframe").length),
        0,
        "the door is gone",
      );
    },
    { otherOrigins: [elsewhere], ...options },
  );
}

const link = (page, address) => page.evaluate((address) => window.link(address), address);

for (const [where, on] of Object.entries({ "a plain page": plain, "a page with threads": isolated })) {
  test(`${where}: a picture comes through the door, by one request that says nothing of the page`, async () => {
    await withLink(
      async (page, requests) => {
        assert.equal(await page.evaluate(() => window.crossOriginIsolated), on === isolated);
        const before = requests.length;
        assert.deepEqual(await link(page, ` ${elsewhere}/a%20cat.jpg\n`), {
          name: "a cat.jpg",
          type: "image/jpeg",
          size: cat.length,
        });
        const paths = requests.slice(before).map((url) => url.replace(on.origin(), ""));
        assert.deepEqual(
          paths.filter((path) => path !== "/favicon.svg"),
          ["/door.html", "/lib/door.js", `${elsewhere}/a%20cat.jpg`],
        );
        assert.equal(asked.length, 1);
        const { cookie, referer, origin } = asked[0].headers;
        assert.deepEqual([cookie, referer, origin], [undefined, undefined, on.origin()]);
      },
      { on },
    );
  });
}

test("the page's own policy still lets it ask nobody else", async () => {
  await withLink(
    async (page) => {
      await link(page, `${elsewhere}/a%20cat.jpg`);
      const violated = await page.evaluate(
        (address) =>
          new Promise((resolve, reject) => {
            document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
              resolve(effectiveDirective),
            );
            fetch(address).then(
              () => reject(new Error("the request went out")),
              () => {},
            );
          }),
        `${elsewhere}/a%20cat.jpg`,
      );
      assert.equal(violated, "connect-src");
      assert.equal(asked.length, 1);
    },
    { expectErrors: /Content Security Policy/ },
  );
});

test("the door's header says what its page says", async () => {
  await plain.withPage(async (page) => {
    const header = (await page.goto("/door.html")).headers()["content-security-policy"];
    const meta = await page.$eval('meta[http-equiv="Content-Security-Policy"]', ({ content }) => content);
    assert.equal(header, doorPolicy);
    assert.equal(header, `${meta}; frame-ancestors 'self'`);
  });
});

/**
 * Runs in a page: asks the door at `door` for `address`, twice, and gives back what comes: the first time
 * when it comes, if it is to `open`, else within half a second.
 */
async function askTwice({ door, address, open = false }) {
  const frame = document.createElement("iframe");
  frame.src = door;
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
  document.body.append(frame);
  await loaded;
  const ask = (comes) =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => resolve(data.kind);
      if (!comes) setTimeout(() => resolve("nothing"), 500);
      frame.contentWindow.postMessage({ kind: "fetch", address }, "*", [port2]);
    });
  const answers = [await ask(open), await ask(false)];
  frame.remove();
  return answers;
}

test("the door opens once, and not to pages of other origins, even where no header keeps them out", async () => {
  await withLink(async (page) => {
    const address = `${elsewhere}/a%20cat.jpg`;
    assert.deepEqual(await page.evaluate(askTwice, { door: "/door.html", address, open: true }), [
      "picture",
      "nothing",
    ]);
    assert.equal(asked.length, 1);
    const bare = { "content-type": "text/html" };
    await page.route("**/door.html", async (route) =>
      route.fulfill({ response: await route.fetch(), headers: bare }),
    );
    await page.goto(`${elsewhere}/embedder`);
    assert.deepEqual(await page.evaluate(askTwice, { door: `${plain.origin()}/door.html`, address }), [
      "nothing",
      "nothing",
    ]);
    assert.deepEqual(
      asked.map(({ url }) => url),
      ["/a%20cat.jpg", "/embedder"],
    );
  });
});

test("a door that is no frame answers nobody", async () => {
  await withLink(async (page) => {
    await page.goto("/door.html");
    const answered = await page.evaluate(
      (address) =>
        new Promise((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = ({ data }) => resolve(data.kind);
          setTimeout(() => resolve("nothing"), 500);
          window.postMessage({ kind: "fetch", address }, location.origin, [port2]);
        }),
      `${elsewhere}/a%20cat.jpg`,
    );
    assert.equal(answered, "nothing");
    assert.equal(asked.length, 0);
  });
});

test("a redirect is followed, and a picture without a type is left to the decoder", async () => {
  await withLink(async (page) => {
    assert.deepEqual(await link(page, `${elsewhere}/moved.jpg`), {
      name: "moved.jpg",
      type: "image/jpeg",
      size: cat.length,
    });
    assert.equal((await link(page, `${elsewhere}/typed-by-nobody`)).size, cat.length);
  });
});

test("what cannot be had is told in a sentence that says what to do", async () => {
  const cases = {
    "/no-cors.jpg": /cannot be reached, or does not let other pages read.*Save the picture/,
    "/moved-away.jpg": /cannot be reached, or does not let other pages read/,
    "/gone.jpg": /no picture at this link.*404.*Check the address/,
    "/busy.jpg": /answered 503.*Save the picture/,
    "/page": /no picture but text\/html.*copy its own address/,
    "/huge.jpg": /more than 64 MB/,
    "/endless.jpg": /more than 64 MB/,
  };
  await withLink(
    async (page) => {
      for (const [path, sentence] of Object.entries(cases))
        assert.match(await link(page, elsewhere + path), sentence, path);
      const endless = await asked.find(({ url }) => url === "/endless.jpg").closed;
      assert.ok(endless < 128 * MB, `stopped after ${endless / MB} MB`);
      assert.match(await link(page, "http://127.0.0.1:9/cat.jpg"), /127\.0\.0\.1:9 cannot be reached/);
    },
    {
      expectErrors: /CORS|Failed to load resource|Content Security Policy|fetch/,
      otherOrigins: [elsewhere, "http://127.0.0.1:9", "http://elsewhere.test"],
    },
  );
});

test("what is no https link is refused without a request", async () => {
  const cases = {
    "": /no link to a picture.*https:\/\//,
    "cat.jpg": /no link to a picture/,
    "example.org/cat.jpg": /no link to a picture/,
    "http://example.org/cat.jpg": /Only https links/,
    "https://me:secret@example.org/cat.jpg": /user name or password.*Save the picture/,
    "ftp://example.org/cat.jpg": /begin with ftp: are not fetched/,
    "javascript:alert(1)": /begin with javascript: are not fetched/,
    "file:///home/me/cat.jpg": /Drop the file here/,
    "blob:https://example.org/0": /blob: link leads nowhere.*Save the picture/,
    "data:text/html,<p>": /no picture but text\/html/,
    "data:,": /no picture but text/,
    "data:image/png;base64,%%%": /damaged/,
  };
  await withLink(async (page, requests) => {
    const before = requests.length;
    for (const [address, sentence] of Object.entries(cases))
      assert.match(await link(page, address), sentence, address);
    assert.match(
      await page.evaluate((most) => window.link(`data:image/png;base64,${"A".repeat(most)}`), 90 * MB),
      /more than 64 MB/,
    );
    assert.equal(requests.length, before);
  });
});

test("a data: link is the picture, in base64 or percent-encoded", async () => {
  await withLink(async (page, requests) => {
    const before = requests.length;
    const expected = { name: "The linked picture", type: "image/jpeg", size: cat.length };
    assert.deepEqual(await link(page, `data:image/jpeg;base64,${cat.toString("base64")}`), expected);
    const escaped = [...cat].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
    assert.deepEqual(await link(page, `data:image/jpeg;charset=x,${escaped}`), expected);
    assert.equal(requests.length, before);
  });
});

test("a visitor who gives up ends the request", async () => {
  await withLink(async (page) => {
    await page.evaluate((address) => {
      window.stop = new AbortController();
      window.said = window.link(address, window.stop.signal);
    }, `${elsewhere}/slow.jpg`);
    await waitUntil(() => asked.length > 0);
    const said = await page.evaluate(async (address) => {
      window.stop.abort();
      return [await window.said, await window.link(address, AbortSignal.abort())];
    }, `${elsewhere}/slow.jpg`);
    assert.deepEqual(said, [
      "The loading of the picture was stopped.",
      "The loading of the picture was stopped.",
    ]);
    assert.equal(asked.length, 1);
    await asked[0].closed;
  });
});

test("half a minute is enough", async () => {
  await withLink(async (page) => {
    await page.clock.install();
    const said = link(page, `${elsewhere}/slow.jpg`);
    await waitUntil(() => asked.length > 0);
    await page.clock.fastForward(30_000);
    assert.match(await said, /within 30 seconds/);
    await asked[0].closed;
  });
});
