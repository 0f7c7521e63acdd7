/** A page in one file, which shows a photo and its maps without scripts or requests. */
import { CandlingError, type Explanation, version } from "../candling.js";
import { codes } from "../protocol.js";
import { peakText } from "../words/maps.js";
import { howToRead, methodName } from "../words/methods.js";
import { number } from "../words/numbers.js";
import { html, type Markup } from "./markup.js";
import { ANSWERS, type ExportOptions, type ExportContents, subjectOf } from "./options.js";
import { mapPicture, photoPicture, scalePicture } from "./pictures.js";
import { style } from "./style.js";
import { altOf, labelOf, makerOf, scaleOf, shareOf } from "./text.js";
import { itemAt } from "../platform/known.js";

/** Upper limit of a page's size in bytes. */
export const PAGE_BYTES = 400_000;

/** The share of that for the maps. */
const MAPS_BYTES = 200_000;

/** The page's own policy: whatever a title or a label might contain, nothing runs and nothing is fetched. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/**
 * One HTML file of fewer than 400 kB: the photo, at most 1000 pixels long, its maps, of which the reader
 * chooses one (by radio buttons, no script), what the network says of the photo, and what made the maps. It
 * needs nothing but itself. All texts are escaped.
 *
 * Fails with a `CandlingError`: `bad-argument`; `run-freed`; `aborted`.
 */
export async function exportPage(options: ExportOptions): Promise<Blob> {
  const subject = subjectOf("exportPage", options);
  const maps: string[] = [];
  for (const map of subject.maps) maps.push(await mapPicture(subject, map, MAPS_BYTES));
  const scale = await scalePicture(subject);
  const weight = new Blob([page(subject, "", maps, scale).text]).size;
  const photo = await photoPicture(subject, PAGE_BYTES - 1 - weight);
  const blob = new Blob([page(subject, photo, maps, scale).text], { type: "text/html;charset=utf-8" });
  if (blob.size < PAGE_BYTES) return blob;
  const message = `exportPage: maps are at most as many as fit into ${PAGE_BYTES} bytes; given ${maps.length}, which make ${blob.size}`;
  throw new CandlingError({ code: codes.badArgument, message });
}

function page(subject: ExportContents, photo: string, maps: readonly string[], scale: string): Markup {
  const { title, alt, run } = subject;
  const overlay = (map: Explanation, at: number) =>
    html`<img class="map map-${at}" style="${place(map)}" src="${itemAt(maps, at)}" alt="${altOf(subject, map)}">`;
  const note = (map: Explanation, at: number) =>
    html`<p class="note map-${at}">${methodName(map)}, ${peakText(map)}. ${howToRead(map)}</p>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Candling ${version}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${style(subject.maps.length)}</style>
</head>
<body>
<main>
<h1 dir="auto">${title}</h1>
<figure>
<div class="picture" style="max-width:calc(82vh * ${(run.width / run.height).toFixed(4)})">
<img class="photo" src="${photo}" width="${run.width}" height="${run.height}" alt="${alt === "" ? "The photo" : alt}">
${subject.maps.map(overlay)}
</div>
<figcaption>
${subject.maps.map(note)}
${legend(subject, scale)}
</figcaption>
</figure>
${choices(subject)}
${answers(subject)}
<div class="about">
${provenance(subject)}
</div>
</main>
</body>
</html>
`;
}

/** The area of the photo that a map covers, in per cent: it may be only a part. */
function place({ view, run }: Explanation): string {
  const share = (length: number, of: number) => `${((100 * length) / of).toFixed(3)}%`;
  const across = `left:${share(view.x, run.width)};width:${share(view.width, run.width)}`;
  return `${across};top:${share(view.y, run.height)};height:${share(view.height, run.height)}`;
}

function legend(subject: ExportContents, scale: string): readonly Markup[] {
  if (subject.maps.every(({ channels }) => channels !== 1)) return [];
  return [
    html`<p class="scale">0 <img src="${scale}" alt="Colour scale"> maximum</p>`,
    html`<p>${scaleOf(subject)}</p>`,
  ];
}

function choices(subject: ExportContents): Markup {
  const choice = (map: Explanation, at: number) => {
    const input = html`<input type="radio" name="map" id="map-${at}" ${at === 0 ? html`checked` : ""}>`;
    const share = map.target.over === undefined ? `${shareOf(subject, map.target.class)} · ` : "";
    return html`<label>${input}<span dir="auto">${labelOf(subject, map)} <small>${share}${methodName(map)}</small></span></label>`;
  };
  return html`<fieldset>
<legend>Shown on the photo</legend>
${subject.maps.map(choice)}
<label><input type="radio" name="map"><span>The photo alone</span></label>
</fieldset>`;
}

/** The list of the likeliest classes, and of those that the maps are about. */
function answers({ run: { predictions }, maps }: ExportContents): Markup {
  const asked = new Set(maps.flatMap(({ target: { class: chosen, over } }) => [chosen, over]));
  const rows = predictions.filter(({ index }, rank) => rank < ANSWERS || asked.has(index));
  const row = ({ label, index, probability, logit }: (typeof rows)[number]) =>
    html`<tr><th scope="row" dir="auto">${label} (${index})</th><td>${(100 * probability).toFixed(2)} %</td><td>${number(logit)}</td></tr>`;
  return html`<table>
<caption>What the network says</caption>
<thead><tr><th scope="col">Class</th><th scope="col">Probability</th><th scope="col">Logit</th></tr></thead>
<tbody>
${rows.map(row)}
</tbody>
</table>`;
}

function provenance(subject: ExportContents): readonly Markup[] {
  const { candling, run } = subject;
  const { name, licence, origin } = candling.info;
  const layers = [...new Set(subject.maps.flatMap(({ layer }) => (layer === undefined ? [] : [layer])))];
  const asked = layers.length === 0 ? "" : ` Layer asked: ${layers.join(", ")}.`;
  return [
    html`<p>Network: ${name}, ${licence}, ${origin}.${asked} It was shown a photo of ${run.width}×${run.height} pixels.</p>`,
    html`<p dir="auto">${makerOf(subject)}</p>`,
  ];
}
