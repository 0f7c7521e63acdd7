/** The set of views as one picture, with what a reader needs to make sense of it: captions, scale, class, model. */
import { pencil, make } from "./dom.js";

export interface Panel {
  readonly canvas: HTMLCanvasElement;
  readonly title: string;
  /** Its numbers. */
  readonly reading: string;
}

export interface FigureText {
  readonly heading: string;
  /** Under the panels, a paragraph each. */
  readonly caption: readonly string[];
}

/** Width of a panel, and what is left free around it, in pixels. */
const [PANEL, GAP] = [640, 32];
const COLUMNS = 2;
const [HEADING, LINE] = [44, 30];
const SMALL = "17px system-ui, sans-serif";

/** The scale under a heatmap, from 0 to its maximum. */
export interface Scale {
  readonly ramp: ImageBitmap;
  readonly text: string;
}

export function figure(panels: readonly Panel[], scale: Scale, { heading, caption }: FigureText): HTMLCanvasElement {
  const first = panels[0]?.canvas;
  const height = first === undefined ? 0 : Math.round((PANEL * first.height) / first.width);
  const rows = Math.ceil(panels.length / COLUMNS);
  const canvas = make("canvas", { width: COLUMNS * PANEL + (COLUMNS + 1) * GAP });
  const wide = canvas.width - 2 * GAP;
  const context = pencil(canvas);
  context.font = SMALL;
  const lines = caption.flatMap((text) => wrap(context, text, wide));
  canvas.height = 2 * GAP + HEADING + rows * (height + 2 * LINE + GAP) + 2 * LINE + lines.length * LINE;
  context.fillStyle = "#0e0b08";
  context.fillRect(0, 0, canvas.width, canvas.height);
  const write = (text: string, x: number, y: number, font: string, colour: string, most: number) => {
    context.font = font;
    context.fillStyle = colour;
    context.fillText(text, x, y, most);
  };
  write(heading, GAP, GAP + 32, '600 34px Fraunces, Georgia, serif', "#f4eadb", wide);
  let y = GAP + HEADING + GAP / 2;
  for (const [at, panel] of panels.entries()) {
    const x = GAP + (at % COLUMNS) * (PANEL + GAP);
    const top = y + Math.floor(at / COLUMNS) * (height + 2 * LINE + GAP);
    context.drawImage(panel.canvas, x, top, PANEL, height);
    write(panel.title, x, top + height + 24, "600 20px system-ui, sans-serif", "#f4eadb", PANEL);
    write(panel.reading, x, top + height + 24 + LINE - 4, SMALL, "#bcab94", PANEL);
  }
  y += rows * (height + 2 * LINE + GAP);
  // On a middle grey, so that a scale of light shows what it does.
  context.fillStyle = "#9b8f80";
  context.fillRect(GAP, y, PANEL, 14);
  context.drawImage(scale.ramp, GAP, y, PANEL, 14);
  write(scale.text, 2 * GAP + PANEL, y + 14, SMALL, "#bcab94", PANEL);
  y += LINE + 16;
  for (const line of lines) {
    write(line, GAP, y, SMALL, "#bcab94", wide);
    y += LINE;
  }
  return canvas;
}

/** Cuts a text into lines that fit, in the context's font. */
function wrap(context: CanvasRenderingContext2D, text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
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
