/** A figure: the maps side by side, with what a reader needs to understand them. */
import { CandlingError, type Explanation, paint } from "../candling.js";
import { make } from "../dom/make.js";
import { context2d } from "../dom/context-2d.js";
import { codes } from "../protocol.js";
import { peakText } from "../words/maps.js";
import { methodName } from "../words/methods.js";
import { type ExportOptions, type ExportContents, subjectOf } from "./options.js";
import { answerOf, labelOf, makerOf, readingsOf, scaleOf } from "./text.js";

/** Width of a panel, the gap between panels, and heights of a heading and a line, in pixels. */
const [PANEL, GAP, HEADING, LINE] = [640, 32, 44, 30];
const COLUMNS = 2;
/** Largest ratio of a panel's height to its width. */
const TALLEST = 1.5;
const FONTS = {
  heading: "600 34px Fraunces, Georgia, serif",
  title: "600 20px system-ui, sans-serif",
  small: "17px system-ui, sans-serif",
};
/** `grey` is under the colour scale, so that one of light shows what it does. */
const COLOURS = { ground: "#0e0b08", text: "#f4eadb", muted: "#bcab94", grey: "#9b8f80" };

/**
 * A PNG of the photo under each of the maps, in two columns where there is more than one, with the title, a
 * colour scale, what the network says of the first map's class, how such maps are read, and the credit.
 *
 * Fails with a `CandlingError`: `bad-argument`; `run-freed`; `aborted`.
 */
export async function exportFigure(options: ExportOptions): Promise<Blob> {
  const subject = subjectOf("exportFigure", options);
  const { candling, colormap, opacity, signal } = subject;
  const panels: HTMLCanvasElement[] = [];
  for (const map of subject.maps) panels.push(await panel(subject, map));
  const scale = await candling.ramp({ width: 256, height: 1, colormap, opacity, ...signal });
  const canvas = drawn(subject, panels, scale);
  scale.close();
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
  if (blob !== null) return blob;
  const message = `exportFigure: maps are as many as a canvas of the browser can hold; given ${panels.length}`;
  throw new CandlingError({ code: codes.badArgument, message });
}

/** Paints a panel. Pixel maps are shown on their own grey; over the photo they would be lost. */
async function panel(
  { colormap, opacity, scale, signal }: ExportContents,
  map: Explanation,
): Promise<HTMLCanvasElement> {
  const canvas = make("canvas");
  const isHeatmap = map.channels === 1;
  const done = await paint(canvas, map, {
    colormap,
    opacity,
    photo: isHeatmap,
    scale: isHeatmap ? scale : undefined,
    ...signal,
  });
  if (done) return canvas;
  throw new CandlingError({ code: codes.aborted, message: "exportFigure was aborted" });
}

function drawn(
  subject: ExportContents,
  panels: readonly HTMLCanvasElement[],
  scale: ImageBitmap,
): HTMLCanvasElement {
  const { run, title, maps } = subject;
  const columns = Math.min(COLUMNS, panels.length);
  const width = Math.min(PANEL, (TALLEST * PANEL * run.width) / run.height);
  const height = Math.max(1, Math.round((width * run.height) / run.width));
  const rows = Math.ceil(panels.length / columns);
  const canvas = make("canvas", { width: columns * PANEL + (columns + 1) * GAP });
  const wide = canvas.width - 2 * GAP;
  const context = context2d(canvas);
  const heading = wrap(context, FONTS.heading, title, wide);
  const isScaled = maps.some(({ channels }) => channels === 1);
  const legend = isScaled ? wrap(context, FONTS.small, scaleOf(subject), wide) : [];
  const caption = [answerOf(subject), ...readingsOf(subject), makerOf(subject)].flatMap((text) =>
    wrap(context, FONTS.small, text, wide),
  );
  const panelHeight = height + 2 * LINE + GAP;
  canvas.height =
    GAP +
    heading.length * HEADING +
    rows * panelHeight +
    (isScaled ? LINE + 8 : 0) +
    (legend.length + caption.length) * LINE;
  context.fillStyle = COLOURS.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);

  const write = (text: string, x: number, y: number, font: string, colour: string, most = wide) => {
    context.font = font;
    context.fillStyle = colour;
    context.fillText(text, x, y, most);
  };
  let y = GAP;
  for (const line of heading) {
    write(line, GAP, y + 32, FONTS.heading, COLOURS.text);
    y += HEADING;
  }
  for (const [at, map] of maps.entries()) {
    const x = GAP + (at % columns) * (PANEL + GAP);
    const top = y + GAP / 2 + Math.floor(at / columns) * panelHeight;
    const picture = panels[at];
    if (picture !== undefined) context.drawImage(picture, x + (PANEL - width) / 2, top, width, height);
    write(
      `${methodName(map)}: ${labelOf(subject, map)}`,
      x,
      top + height + LINE - 6,
      FONTS.title,
      COLOURS.text,
      PANEL,
    );
    write(peakText(map), x, top + height + 2 * LINE - 10, FONTS.small, COLOURS.muted, PANEL);
  }
  y += rows * panelHeight;
  if (isScaled) {
    context.fillStyle = COLOURS.grey;
    context.fillRect(GAP, y, wide, 14);
    context.drawImage(scale, GAP, y, wide, 14);
    y += LINE + 8;
  }
  y += LINE / 2;
  for (const line of [...legend, ...caption]) {
    write(line, GAP, y, FONTS.small, COLOURS.muted);
    y += LINE;
  }
  return canvas;
}

/** Breaks a text into lines. A word longer than a line has a line of its own, and is drawn narrower. */
function wrap(
  context: CanvasRenderingContext2D,
  font: string,
  text: string,
  width: number,
): readonly string[] {
  context.font = font;
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/[ \t\r\n]+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && context.measureText(longer).width > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
