/**
 * The audit as files: the columns and names of `candling audit`, with the held-out photos, and a share for
 * each region.
 */
import { html, type Markup } from "../export/markup.js";
import type { LeftOut, Mean } from "../trainer/messages.js";
import type { Basis } from "./basis.js";
import { layerOf, type Row, type Summary } from "./findings.js";
import type { Region } from "./photo.js";
import type { Model } from "./model.js";
import { style } from "./report-style.js";
import { learntWords, nameOf } from "./summary-table.js";

/** The contents of an audit. */
export interface Audit {
  readonly model: Model;
  readonly rows: readonly Row[];
  readonly summary: readonly Summary[];
  readonly regions: readonly Region[];
  /** The region whose shares the rows have. */
  readonly region: Region;
  readonly basis: Basis;
  readonly leftOut: readonly LeftOut[];
}

/** A picture of a photo with its map, as a `data:` URL. */
export interface MapPicture {
  readonly row: Row;
  readonly source: string;
}

/** The page's own policy: whatever a name might contain, nothing runs and nothing is fetched. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** The other regions, whose shares have columns of their own. */
function others({ regions, region }: Audit): readonly Region[] {
  return regions.filter((other) => other !== region);
}

/** The audit as CSV (RFC 4180), as the command writes it. */
export function csvOf(audit: Audit): string {
  const more = others(audit);
  const head = [
    "photo",
    "class",
    "group",
    "predicted",
    "probability",
    "correct",
    "evidence",
    "evenly",
    "layer",
    "error",
    "mask",
    "rule",
    "model_sha256",
    "held_out",
    ...more.map(({ name }) => `evidence_${name}`),
  ];
  const lines = audit.rows.map((row) => [
    guarded(row.path),
    guarded(row.class),
    guarded(row.group),
    guarded(row.predicted),
    row.probability,
    row.correct,
    row.evidence ?? "",
    row.evenly ?? "",
    guarded(row.layer),
    guarded(row.error),
    ...maskCells(row.mask),
    audit.basis.sha256,
    row.heldOut,
    ...more.map(({ id }) => row.photo.shares.get(id)?.share ?? ""),
  ]);
  return [head, ...lines].map((line) => `${line.map(field).join(",")}\n`).join("");
}

/** Escapes text that spreadsheets would read as a formula, with an apostrophe, as the command does. */
function guarded(text: string): string {
  return /^'*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) ? `'${text}` : text;
}

/** The cells for the outcome of a mask and its rule, as the command writes them. */
function maskCells(outcome: string): readonly [string, string] {
  if (["", "several", "refused", "nothing inside"].includes(outcome)) return [outcome, ""];
  return outcome.endsWith(" scaled") ? ["scaled", outcome.slice(0, -" scaled".length)] : ["read", outcome];
}

function field(value: string | number | boolean): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The report of `candling audit --json`, with every row. */
export function jsonOf(audit: Audit): string {
  const mean = (given: Mean | undefined) =>
    given === undefined ? null : { mean: given.mean, interval: given.interval, count: given.count };
  const { model, rows, summary, region, basis, leftOut } = audit;
  const report = {
    model: model.name,
    model_sha256: basis.sha256,
    layer: layerOf(rows) ?? null,
    classes: model.labels,
    region: region.name,
    stands_on: basis.lines,
    left_out: leftOut.map(({ path, code, why }) => ({ file: path, code, why })),
    intervals: basis.intervals,
    summary: summary.map((line) => ({
      class: line.class ?? null,
      group: line.group ?? null,
      photos: line.photos,
      accuracy: mean(line.accuracy),
      accuracy_held_out: mean(line.heldOut),
      accuracy_learnt_from:
        line.learnt.of === 0 ? null : { mean: line.learnt.right / line.learnt.of, count: line.learnt.of },
      evidence: mean(line.evidence),
      evenly: line.evenly ?? null,
    })),
    failed: rows.filter(({ error }) => error !== "").map(({ path, error }) => [path, error]),
    rows: rows.map((row) => ({
      photo: row.path,
      class: row.class,
      group: row.group,
      predicted: row.predicted,
      probability: row.probability,
      correct: row.correct,
      evidence: row.evidence ?? null,
      evenly: row.evenly ?? null,
      layer: row.layer,
      error: row.error,
      mask: maskCells(row.mask)[0],
      rule: maskCells(row.mask)[1],
      held_out: row.heldOut,
      ...Object.fromEntries(
        others(audit).map(({ id, name }) => [`evidence_${name}`, row.photo.shares.get(id)?.share ?? null]),
      ),
    })),
  };
  return JSON.stringify(report, null, 1);
}

/** The audit as one self-contained HTML file: its summary and a contact sheet. All texts are escaped. */
export function pageOf(audit: Audit, pictures: readonly MapPicture[]): string {
  const { model, rows, summary, region, basis } = audit;
  const title = `Audit of ${model.name}`;
  const examined = rows.filter(({ error }) => error === "").length;
  const measured = rows.some(({ evidence }) => evidence !== undefined);
  const order = measured ? `the least evidence in “${region.name}” first` : "those that are wrong first";
  const which =
    pictures.length < examined
      ? `The first ${pictures.length} of ${examined} photos, ${order}.`
      : `All ${examined} photos, ${order}.`;
  const failed = rows.filter(({ error }) => error !== "");
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<h1 dir="auto">${title}</h1>
<p>How often it is right, and how much of what speaks for its answer (Grad-CAM at the layer ${layerOf(rows) ?? ""}) lies in the region “${region.name}”.
${basis.intervals.join(" ")} The last column is what the region would have of a map that is spread evenly over the photo.</p>
<div class="table">${table(summary, region, model.lesson !== undefined)}</div>
<h2>What this stands on</h2>
<ul>${basis.lines.map((line) => html`<li dir="auto">${line}</li>`)}</ul>
<h2>Contact sheet</h2>
<p>${which}</p>
<ol>
${pictures.map(item)}
</ol>
${failed.length === 0 ? [] : [html`<h2>Left out</h2>`, html`<ul>${failed.map(({ path, error }) => html`<li dir="auto">${path}: ${error}</li>`)}</ul>`]}
</main>
</body>
</html>
`.text;
}

/**
 * The table of summaries. For a model that was trained on this page, training photos and held-out ones have
 * separate columns.
 */
function table(summary: readonly Summary[], region: Region, hasLesson: boolean): Markup {
  const words = (mean: Mean) => mean.words;
  const orNone = <T>(value: T | undefined, words: (value: T) => string) =>
    value === undefined ? "–" : words(value);
  const right = (line: Summary) =>
    hasLesson ? [orNone(line.heldOut, words), learntWords(line.learnt)] : [orNone(line.accuracy, words)];
  const cells = (line: Summary) => [...right(line), orNone(line.evidence, words), orNone(line.evenly, share)];
  const heads = [
    "Photos",
    ...(hasLesson ? ["Right, held out", "Right, learnt from"] : ["Right"]),
    `Evidence in “${region.name}”`,
    "If spread evenly",
  ];
  const row = (line: Summary) =>
    html`<tr class="${line.group === undefined ? "" : "group"}"><th scope="row" dir="auto">${nameOf(line)}</th><td>${line.photos}</td>
${cells(line).map((words) => html`<td>${words}</td>`)}</tr>`;
  return html`<table>
<thead><tr><th scope="col">Class</th>${heads.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${summary.map(row)}
</tbody>
</table>`;
}

function item({ row, source }: MapPicture): Markup {
  const inside = row.evidence === undefined ? "not marked" : `${share(row.evidence)} inside`;
  const said = `${row.correct ? "" : "wrong: "}${row.predicted}, ${share(row.probability)}`;
  return html`<li><figure><img src="${source}" alt=""><figcaption><b>${inside}</b>
<span class="${row.correct ? "" : "wrong"}" dir="auto">${said}</span>
<span dir="auto">${row.path}${row.heldOut ? ", held out" : ""}</span></figcaption></figure></li>`;
}

function share(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
