/**
 * Code that shows the current figure in another page: the element, and a frame for places that accept no
 * scripts.
 */
import { html, type Markup } from "../export/markup.js";

/** A figure; default values are left out. */
export interface Figure {
  /** Its address; undefined for a photo that is on the visitor's device only. */
  readonly photo: URL | undefined;
  /** Whether its host lets other pages read it. */
  readonly readable: boolean;
  readonly alt: string;
  readonly credit: string;
  readonly width: number;
  readonly height: number;
  readonly question: Readonly<
    Partial<Record<"model" | "target" | "compare" | "method" | "layer" | "colormap" | "opacity", string>>
  >;
}

/** Placeholder for the visitor's own photo. */
const YOURS = "your-photo.jpg";

/** Height of the bar below the photo and of its credit, in pixels. */
const [BAR, CREDIT] = [112, 28];

/** Width in pixels for which the frame's height is computed. */
const WIDTH = 640;

/** Code of the element. Expects the folder `candling` of the package beside the page. */
export function elementCode({ photo, readable, alt, credit, width, height, question }: Figure): string {
  const attributes = Object.entries(question).map(([name, value]) => html` ${name}="${value}"`);
  const cors = readable ? html` crossorigin="anonymous"` : "";
  const image = html`<img src="${photo?.href ?? YOURS}"${cors} alt="${alt}" width="${width}" height="${height}">`;
  const view = html`<candling-view${joined(attributes)} controls>
  ${image}
</candling-view>`;
  const script = html`<script type="module" src="candling/candling-view.js"></script>`;
  if (credit === "")
    return html`${script}
${view}`.text;
  return html`${script}
<figure>
${view}
<figcaption>Photo: ${credit}</figcaption>
</figure>`.text;
}

/** Code of the frame. `page` is the address of `embed.html`. */
export function frameCode(
  { photo, alt, credit, width, height, question }: Figure,
  page: URL,
  title: string,
): string {
  const address = new URL(page);
  const own = photo?.origin === page.origin;
  const src = photo === undefined ? YOURS : own ? photo.pathname + photo.search : photo.href;
  const values = { src, ...question, alt, ...(credit === "" ? {} : { credit }) };
  for (const [name, value] of Object.entries(values)) address.searchParams.set(name, value);
  const tall = Math.round((WIDTH * height) / width) + BAR + (credit === "" ? 0 : CREDIT);
  return html`<iframe src="${address.href}" title="${title}" width="${WIDTH}" height="${tall}" loading="lazy" style="max-width: 100%; border: 0"></iframe>`
    .text;
}

function joined(pieces: readonly Markup[]): Markup {
  return pieces.reduce((all, piece) => html`${all}${piece}`, html``);
}
