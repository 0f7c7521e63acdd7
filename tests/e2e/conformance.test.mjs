/**
 * The conformance suite and every golden case on the browser's WebGPU, here Chromium's own software adapter:
 * crates/wasm-conformance, a module that is compiled for this test alone.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { tensorOf } from "./support/native.mjs";
import { MODEL, emptyPage, stage } from "./support/stage.mjs";

const { withPage } = stage({ card: true });
const file = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
if (!existsSync(file("target/conformance-page"))) {
  throw new Error("there is no target/conformance-page: run tools/conformance.sh");
}

/**
 * Calls `body` with `run`, which evaluates in a page that has the suite as `suite` and reads data with
 * `bytes`.
 */
function withSuite(body) {
  return withPage(async (page) => {
    // A panic tells its message on the console, and then traps: what was waited for never comes.
    const panic = new Promise((_, reject) => {
      page.on("console", (message) => message.type() === "error" && reject(new Error(message.text())));
    });
    panic.catch(() => {});
    await page.route("**/suite/*", (route) =>
      route.fulfill({ path: file(`target/conformance-page/${nameOf(route)}`) }),
    );
    await page.route("**/golden/**", (route) =>
      route.fulfill({ path: file(`tests/golden/${nameOf(route, "golden/")}`) }),
    );
    await page.route("**/input/*", (route) => {
      const { values } = tensorOf(readFileSync(file(`tests/golden/cases/${nameOf(route)}.png`)));
      return route.fulfill({ body: Buffer.from(values.buffer) });
    });
    await emptyPage(page);
    await page.evaluate(async () => {
      window.suite = await import("/suite/conformance.js");
      await window.suite.default({ module_or_path: "/suite/conformance_bg.wasm" });
      window.bytes = async (address) => new Uint8Array(await (await fetch(address)).arrayBuffer());
    });
    await body((work, argument) => Promise.race([page.evaluate(work, argument), panic]));
  });
}

const nameOf = (route, after = "/") => {
  const { pathname } = new URL(route.request().url());
  return pathname.slice(pathname.lastIndexOf(after) + after.length);
};

test("every op is what PyTorch and the reference say", () =>
  withSuite(async (run) => {
    const cases = await run(async () =>
      window.suite.goldens(
        await window.bytes("/golden/ops.json"),
        await window.bytes("/golden/ops.safetensors"),
      ),
    );
    assert.ok(cases > 40, `${cases} golden ops`);
    await run(() => window.suite.ops());
    await run(() => window.suite.edges());
  }));

test("convolutions of drawn shapes are what the reference says, and adjoint", () =>
  withSuite((run) => run(() => window.suite.convolutions(500))));

test("every golden case of Lite0: logits, CAMs at every layer, pixel maps", async (t) => {
  const index = JSON.parse(readFileSync(file("tests/golden/cases/index.json"), "utf8"));
  const cases = Object.entries(index).flatMap(([name, { cases }]) =>
    Object.entries(cases).map(([target, { margin_over: over }]) => ({ name, target: Number(target), over })),
  );
  assert.equal(cases.length, 8);
  await withSuite(async (run) => {
    await run(
      async (model) => (window.network = await window.suite.Lite0.create(await window.bytes(model))),
      MODEL,
    );
    let largest = [0, 0, 0, 0];
    for (const golden of cases) {
      const errors = await run(async ({ name, target, over }) => {
        const input = new Float32Array((await window.bytes(`/input/${name}`)).buffer);
        return [
          ...(await window.network.case(
            name,
            input,
            target,
            over,
            await window.bytes(`/golden/cases/${name}_${target}.safetensors`),
          )),
        ];
      }, golden);
      largest = largest.map((before, i) => Math.max(before, errors[i]));
    }
    const [logits, atHead, before, gradient] = largest.map((error) => error.toExponential(1));
    t.diagnostic(
      `largest errors: logits ${logits}, CAMs at the last layer ${atHead}, before it ${before}, pixel maps ${gradient}`,
    );
  });
});
