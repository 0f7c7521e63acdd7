/** axe-core, by its own choice of rules (WCAG A and AA, and best practices). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../../web/package.json", import.meta.url));
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/**
 * The glow behind the page as one flat colour, where it is strongest and words stand out least. axe-core
 * judges no contrast over a pseudo-element or a gradient: with the glow as it is, it would judge none at all.
 */
function flattenGlow() {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
  const pencil = new OffscreenCanvas(1, 1).getContext("2d");
  for (const name of ["--ground", "--glow"]) {
    pencil.fillStyle = colour(name);
    pencil.fillRect(0, 0, 1, 1);
  }
  const [r, g, b] = pencil.getImageData(0, 0, 1, 1).data;
  const flat = new CSSStyleSheet();
  flat.replaceSync(`body::before { content: none } body { background: rgb(${r} ${g} ${b}) }`);
  document.adoptedStyleSheets = [flat];
}

/** One line for each place that breaks a rule. */
const lines = (results) =>
  results.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, any, all, none }) => {
      const why = [...any, ...all, ...none].map(({ message }) => message).join("; ");
      return `${id}: ${help}: ${target.join(" ")}: ${why}`;
    }),
  );

/** Judges the page as it is now; returns the rules that it keeps. */
export async function judge(page, t) {
  await page.evaluate(flattenGlow);
  await page.evaluate(axeSource);
  const { violations, incomplete, passes } = await page.evaluate(() =>
    window.axe.run(document, { resultTypes: ["violations", "incomplete", "passes"] }),
  );
  for (const line of lines(incomplete)) t.diagnostic(`for an eye to judge: ${line}`);
  assert.deepEqual(lines(violations), []);
  return passes;
}
