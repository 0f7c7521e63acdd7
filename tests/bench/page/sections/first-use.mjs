/**
 * First use: times until a new visitor sees anything, the explained sample, an answer, and the network's own
 * map.
 */
import { summary } from "../../lib/statistics.mjs";
import { table } from "../../lib/table.mjs";
import { inFreshBrowser } from "../visit.mjs";
import { clickUntilAnswered, watch } from "../watch.mjs";

export const name = "firstUse";
export const title = "First use";

const TRIES = 7;

async function looking(page) {
  await page.addInitScript(watch);
  await page.goto("/", { waitUntil: "commit" });
  await page.waitForFunction(() => window.seen?.poster && window.seen.ownMap);
  return page.evaluate(() => window.seen);
}

/** A click may change the first question to the network, so the visitor who clicks is another one. */
async function clicking(page) {
  await page.addInitScript(clickUntilAnswered);
  await page.goto("/", { waitUntil: "commit" });
  await page.waitForFunction(() => window.answered);
  return page.evaluate(() => window.answered);
}

export async function measure({ origin }) {
  const seen = [];
  const answers = [];
  for (let i = 0; i < TRIES; i++) {
    seen.push(await inFreshBrowser(origin, looking));
    answers.push(await inFreshBrowser(origin, clicking));
  }
  const { before, after } = answers[0];
  return {
    firstPaint: summary(seen.map(({ firstPaint }) => firstPaint)),
    poster: summary(seen.map(({ poster }) => poster)),
    largestPaint: summary(seen.map(({ largest }) => largest.time)),
    largestElement: seen[0].largest.what,
    answered: summary(answers.map(({ time }) => time)),
    answer: { before, after },
    ownMap: summary(seen.map(({ ownMap }) => ownMap)),
  };
}

export function render({ firstPaint, poster, largestPaint, largestElement, answered, answer, ownMap }) {
  const rows = [
    ["first contentful paint", firstPaint],
    ["the explained sample is on screen", poster],
    [`largest contentful paint (${largestElement})`, largestPaint],
    ["a click on a class is answered by another picture", answered],
    ["the network's own first heatmap is on screen", ownMap],
  ].map(([what, { runs, median, min, p90 }]) => [what, runs, ...[median, min, p90].map(Math.round)]);
  return `${table(["from navigation", "runs", "median ms", "min", "p90"], rows)}

The answer to the click: from class ${answer.before.of} to class ${answer.after.of}, computed ${
    answer.after.by === "beforehand" ? "beforehand" : "by the network"
  }.`;
}
