/** Lighthouse, desktop: three scores, and every audit that is not perfect. */
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";
import { table } from "../../lib/table.mjs";

export const name = "lighthouse";
export const title = "Lighthouse";

const CATEGORIES = ["performance", "accessibility", "best-practices"];
const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Number of places that are listed of an audit. */
const NAMED = 3;

/** The place of an item of an audit: in the page, or its address. */
const place = ({ node, url, source }) =>
  node?.selector ??
  [url, source?.url].find((address) => typeof address === "string")?.replace(/^https?:\/\/[^/]+/, "");

export async function measure({ origin }) {
  const chrome = await launch({
    chromePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    chromeFlags: FLAGS,
    logLevel: "error",
  });
  try {
    const flags = { port: chrome.port, onlyCategories: CATEGORIES, logLevel: "error" };
    const { lhr } = await lighthouse(`${origin}/`, flags, desktopConfig);
    if (lhr.runtimeError) throw new Error(`${lhr.runtimeError.code}: ${lhr.runtimeError.message}`);
    const references = CATEGORIES.flatMap((category) => lhr.categories[category].auditRefs);
    const weight = (id) =>
      Math.max(...references.filter((reference) => reference.id === id).map((reference) => reference.weight));
    return {
      version: lhr.lighthouseVersion,
      scores: CATEGORIES.map((category) => ({
        category,
        score: Math.round(100 * lhr.categories[category].score),
      })),
      imperfect: Object.values(lhr.audits)
        .filter(
          ({ score, scoreDisplayMode }) => score !== null && score < 1 && scoreDisplayMode !== "informative",
        )
        .map(({ id, title, score, displayValue, details }) => ({
          id,
          title,
          score,
          weight: weight(id),
          value: displayValue ?? null,
          where: (details?.items ?? []).map(place).filter(Boolean).slice(0, NAMED),
        })),
      warnings: lhr.runWarnings,
    };
  } finally {
    chrome.kill();
  }
}

export const worst = ({ scores }) => Math.min(...scores.map(({ score }) => score));

export function render({ version, scores, imperfect, warnings }) {
  const lines = imperfect.map(({ id, title, score, weight, value, where }) => {
    const counts = weight === 0 ? "" : `, weight ${weight}`;
    const quantity = value === null ? "" : ` (${value})`;
    const places = where.length === 0 ? "" : `: ${where.map((place) => `\`${place}\``).join(", ")}`;
    return `- **${id}** ${score.toFixed(2)}${counts}. ${title}${quantity}${places}`;
  });
  const list = `Audits that are not perfect; one without a weight does not count:\n\n${lines.join("\n")}`;
  return [
    table(
      ["category", "score"],
      scores.map(({ category, score }) => [category, score]),
    ),
    lines.length === 0 ? "Every audit is perfect." : list,
    ...warnings.map((warning) => `Warning: ${warning}`),
    `*Lighthouse ${version}, desktop.*`,
  ].join("\n\n");
}
