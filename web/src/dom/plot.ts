/** A small line plot as SVG: shares from 0 to 1, distinguished by dash as well as by colour. */

import { make } from "./page.js";

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface PlotOptions {
  /** Largest value of the horizontal axis, which starts at 0. */
  readonly most: number;
  readonly xName: string;
  readonly yName: string;
  /** Smallest value of the vertical axis. */
  readonly from?: number;
  readonly to?: number;
  /** A mark on the horizontal axis: the visitor's position. */
  readonly now?: number;
}

/**
 * Margins in pixels, and the widths between which a unit of the drawing is a pixel, so that its text is
 * legible.
 */
const [LEFT, BOTTOM, TOP, RIGHT] = [40, 34, 26, 8];
const [NARROW, WIDE] = [280, 640];
const SVG = "http://www.w3.org/2000/svg";

/** Draws into `parent`, replacing its contents. The whole is one image with `label` as its text. */
export function plot(parent: HTMLElement, lines: readonly Line[], label: string, options: PlotOptions): void {
  const { most, xName, yName, from = 0, to = 1, now } = options;
  const width = Math.min(WIDE, Math.max(NARROW, parent.clientWidth || WIDE));
  const height = width / 2;
  const x = (value: number) => LEFT + (value / most) * (width - LEFT - RIGHT);
  const y = (value: number) =>
    TOP + ((to - Math.min(to, Math.max(from, value))) / (to - from)) * (height - TOP - BOTTOM);
  const picture = node("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  picture.append(
    node("path", { class: "axis", d: `M${x(0)},${y(to)}V${y(from)}H${x(most)}` }),
    words(x(0) - 6, y(to) + 4, ticks(to), "end"),
    words(x(0) - 6, y(from) + 4, ticks(from), "end"),
    words(x(0), height - 14, "0", "middle"),
    words(x(most), height - 14, most === 1 ? "100 %" : String(most), "end"),
    words((x(0) + x(most)) / 2, height - 6, xName, "middle"),
    words(x(0) + 6, TOP - 14, yName, "start"),
  );
  if (from < 0) picture.append(node("path", { class: "axis", d: `M${x(0)},${y(0)}H${x(most)}` }));
  if (now !== undefined) picture.append(node("path", { class: "now", d: `M${x(now)},${y(to)}V${y(from)}` }));
  for (const [index, { points }] of lines.entries()) {
    const path = points
      .map(([px, py], i) => `${i === 0 ? "M" : "L"}${x(px).toFixed(1)},${y(py).toFixed(1)}`)
      .join("");
    picture.append(node("path", { class: `line line-${index}`, d: path }));
  }
  parent.replaceChildren(picture, legend(lines));
}

function legend(lines: readonly Line[]): HTMLElement {
  return make(
    "ul",
    { className: "legend" },
    ...lines.map(({ name }, index) => {
      const key = node("svg", { viewBox: "0 0 32 12", "aria-hidden": "true" });
      key.append(node("path", { class: `line line-${index}`, d: "M0,6H32" }));
      return make("li", {}, key, name);
    }),
  );
}

function ticks(value: number): string {
  if (value < 0) return String(value).replace("-", "−");
  return value === 1 || value === 0 ? String(value) : `${Math.round(100 * value)} %`;
}

function words(x: number, y: number, text: string, anchor: string): SVGElement {
  const element = node("text", { x: String(x), y: String(y), "text-anchor": anchor });
  element.textContent = text;
  return element;
}

function node(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
