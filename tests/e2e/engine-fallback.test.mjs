/**
 * A build of the engine that cannot be started: the next one is taken, `info` says so, and the numbers are
 * right.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { inWorker } from "./support/gpu.mjs";
import { emptyPage, MODEL, stage } from "./support/stage.mjs";

const isolated = stage({ isolated: true });
const plain = stage();

const DOG = 235;
const disassembler = fileURLToPath(new URL("../../web/node_modules/.bin/wasm-dis", import.meta.url));
const built = (build) =>
  fileURLToPath(new URL(`../../www/lib/${build}/candling_wasm_bg.wasm`, import.meta.url));

/** The relaxed instructions in a module, by name. */
function relaxedIn(module) {
  const text = execFileSync(disassembler, ["--all-features", module, "-o", "-"], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  return new Set(text.match(/\b[if]\d+x\d+\.(?:relaxed_\w+|laneselect|dot_i8x16_i7x16\w*)/g));
}

/** Loads the client as on a machine with several cores, and explains a photo. */
const load = (page, options = {}) =>
  page.evaluate(
    async ({ model, options }) => {
      window.client = await import("/lib/candling.js");
      const candling = (window.candling = await window.client.Candling.load({
        model,
        threads: 2,
        ...options,
      }));
      const run = (window.run = await candling.run(await (await fetch("/samples/dog_cat.jpg")).blob()));
      const { data } = await run.explain({ method: "grad-cam" });
      const { build, threads, failed } = candling.info;
      return {
        build,
        threads,
        failed,
        top: run.predictions[0].index,
        logits: [...run.logits],
        map: [...data],
      };
    },
    { model: MODEL, options },
  );

/** The error that loading ends with. */
const refused = (page) =>
  page.evaluate(async (model) => {
    window.client = await import("/lib/candling.js");
    return window.failure(() => window.client.Candling.load({ model, threads: 2 }));
  }, MODEL);

/**
 * Adds to the modules of these builds an instruction that no engine has, as if the browser did not support it
 * yet.
 */
async function withUnknownInstruction(page, builds) {
  // f32x4.relaxed_madd is 253 and 0x105 in LEB128; 0x13f is no instruction
  const [known, unknown] = [Buffer.from([253, 133, 2]), Buffer.from([253, 191, 2])];
  await page.route(`**/lib/{${builds},none}/candling_wasm_bg.wasm`, async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    const at = body.indexOf(known);
    assert.ok(at > 0, "the module has the instruction");
    unknown.copy(body, at);
    await route.fulfill({ response, body });
  });
}

const gone = (page, pattern) => page.route(pattern, (route) => route.fulfill({ status: 404, body: "" }));

test("the probe for relaxed SIMD has each relaxed instruction of the modules, and no other", async () => {
  await plain.withPage(async (page) => {
    await emptyPage(page);
    await inWorker(
      page,
      "self.probes = []; const { validate } = WebAssembly; WebAssembly.validate = (bytes) => { self.probes.push([...bytes]); return validate(bytes); }",
    );
    await load(page);
    const probes = await page.workers()[0].evaluate(() => self.probes);
    const folder = mkdtempSync(join(tmpdir(), "candling-probe-"));
    const probed = probes.flatMap((bytes, at) => {
      const file = join(folder, `${at}.wasm`);
      writeFileSync(file, Uint8Array.from(bytes));
      return [...relaxedIn(file)];
    });
    rmSync(folder, { recursive: true });
    const used = new Set([...relaxedIn(built("relaxed-simd")), ...relaxedIn(built("threads"))]);
    assert.ok(used.has("f32x4.relaxed_madd"));
    assert.deepEqual(probed.sort(), [...used].sort());
    assert.deepEqual([...relaxedIn(built("simd128"))], [], "the build for all browsers has none");
  });
});

test("a browser that lacks one of them gets the build for all browsers, and nothing failed", async () => {
  await plain.withPage(async (page, requests) => {
    await emptyPage(page);
    // as WebKit has some of them for a while: the last one of the probe is not there
    await inWorker(
      page,
      "const { validate } = WebAssembly; WebAssembly.validate = (bytes) => !String([...bytes]).includes('253,143,2') && validate(bytes)",
    );
    const { build, failed, top } = await load(page);
    assert.deepEqual({ build, failed, top }, { build: "simd128", failed: [], top: DOG });
    assert.deepEqual(
      requests.filter((url) => url.includes("relaxed")),
      [],
    );
  });
});

/** Failures in an isolated page, which starts with threads; the build that remains, and those that failed. */
const troubles = {
  "an instruction of the threads' module is not there": {
    bring: (page) => withUnknownInstruction(page, "threads"),
    left: "relaxed-simd",
    failed: { threads: /invalid|opcode|compile/i },
  },
  "an instruction of both fast modules is not there": {
    bring: (page) => withUnknownInstruction(page, "threads,relaxed-simd"),
    left: "simd128",
    failed: { threads: /invalid|opcode|compile/i, "relaxed-simd": /invalid|opcode|compile/i },
  },
  "a module is not on the server": {
    bring: (page) => gone(page, "**/lib/threads/candling_wasm_bg.wasm"),
    left: "relaxed-simd",
    failed: { threads: /./ },
    errors: /404/,
  },
  "a script is not on the server": {
    bring: (page) => gone(page, "**/lib/threads/candling_wasm.js"),
    left: "relaxed-simd",
    failed: { threads: /candling_wasm\.js/ },
    errors: /404/,
  },
  "shared memory is refused": {
    bring: (page) =>
      inWorker(
        page,
        `const { Memory } = WebAssembly;
        WebAssembly.Memory = class extends Memory { constructor(how) { if (how.shared) throw new RangeError("could not allocate memory"); super(how); } }`,
      ),
    left: "relaxed-simd",
    failed: { threads: /could not allocate memory/ },
  },
  "workers of workers are refused": {
    bring: (page) =>
      inWorker(page, 'self.Worker = class { constructor() { throw new TypeError("no workers here"); } }'),
    left: "relaxed-simd",
    failed: { threads: /no workers here/ },
  },
  "a thread's script does not load": {
    bring: (page) =>
      inWorker(
        page,
        'const { Worker } = self; self.Worker = class extends Worker { constructor(_, how) { super("/nowhere.js", how); } }',
      ),
    left: "relaxed-simd",
    failed: { threads: /a thread did not start/ },
    errors: /404/,
  },
};

for (const [what, { bring, left, failed, errors }] of Object.entries(troubles)) {
  test(`${what}: ${left} is taken, with its bits`, async () => {
    await isolated.withPage(
      async (page) => {
        await emptyPage(page, { isolated: true });
        const right = await load(page, { build: left });
        assert.deepEqual(right.failed, []);
        await bring(page);
        const found = await load(page);
        assert.equal(found.build, left);
        assert.equal(found.threads, 1);
        assert.equal(found.top, DOG);
        assert.deepEqual(
          found.failed.map(({ build }) => build),
          Object.keys(failed),
        );
        for (const { build, reason } of found.failed) assert.match(reason, failed[build]);
        assert.deepEqual([found.logits, found.map], [right.logits, right.map]);
      },
      { expectErrors: errors },
    );
  });
}

test("a pool that cannot have the build for one thread has that for several, and the same map", async () => {
  await isolated.withPage(
    async (page) => {
      await emptyPage(page, { isolated: true });
      const map = () =>
        page.evaluate(async () => [
          ...(await window.run.occlusion({ patch: 64, stride: 64, workers: 2 })).data,
        ]);
      await load(page);
      const right = await map();
      await gone(page, "**/lib/relaxed-simd/*");
      const { build, failed } = await load(page);
      assert.deepEqual({ build, failed }, { build: "threads", failed: [] });
      assert.deepEqual(await map(), right);
    },
    { expectErrors: /404/ },
  );
});

test("a build that is asked for by name is that build or an error", async () => {
  await plain.withPage(
    async (page) => {
      await emptyPage(page);
      await gone(page, "**/lib/relaxed-simd/candling_wasm.js");
      await page.evaluate(async () => (window.client = await import("/lib/candling.js")));
      const { code, message } = await page.evaluate(
        (model) => window.failure(() => window.client.Candling.load({ model, build: "relaxed-simd" })),
        MODEL,
      );
      assert.equal(code, "engine-unavailable");
      assert.match(message, /relaxed-simd\/candling_wasm\.js/);
      assert.doesNotMatch(message, /simd128/);
    },
    { expectErrors: /404/ },
  );
});

test("no build can be started: one error that names each, and why", async () => {
  await isolated.withPage(
    async (page) => {
      await emptyPage(page, { isolated: true });
      await gone(page, "**/lib/*/candling_wasm.js");
      const { code, message } = await refused(page);
      assert.equal(code, "engine-unavailable");
      for (const build of ["threads", "relaxed-simd", "simd128"])
        assert.ok(message.includes(`/lib/${build}/candling_wasm.js`), message);
    },
    { expectErrors: /404/ },
  );
});

test("a browser without vectors: a sentence, and nothing is downloaded", async () => {
  await plain.withPage(async (page, requests) => {
    await emptyPage(page);
    await inWorker(page, "WebAssembly.validate = () => false");
    const { code, message } = await refused(page);
    assert.equal(code, "engine-unavailable");
    assert.match(message, /^this browser's WebAssembly has no 128-bit vectors/);
    assert.deepEqual(
      requests.filter((url) => /\.wasm|safetensors/.test(url)),
      [],
    );
  });
});

test("a policy that forbids WebAssembly: a sentence that says what to allow, and nothing is downloaded", async () => {
  await plain.withPage(
    async (page, requests) => {
      await emptyPage(page);
      await page.route("**/lib/candling-worker.js", async (route) => {
        const response = await route.fetch();
        const headers = { ...response.headers(), "content-security-policy": "script-src 'self'" };
        await route.fulfill({ response, headers });
      });
      const { code, message } = await refused(page);
      assert.equal(code, "engine-unavailable");
      assert.match(message, /^this page may not run WebAssembly.*'wasm-unsafe-eval' in script-src/);
      assert.deepEqual(
        requests.filter((url) => /\.wasm|safetensors/.test(url)),
        [],
      );
    },
    { expectErrors: /Content Security Policy|unsafe-eval/i },
  );
});
