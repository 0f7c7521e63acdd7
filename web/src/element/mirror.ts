/**
 * A box that lies where another element lies, turned, scaled, moved and cut as that is: what is put into it
 * follows the other in every frame.
 */
import { make } from "../dom/make.js";
import { Motion } from "./motion.js";
import type { Size } from "./placement.js";

/**
 * What moves, turns, cuts or fades a box as a whole. The names are a script's; a browser that does not know
 * one passes it over.
 */
const COPIED = [
  ...[
    "transform",
    "transformOrigin",
    "rotate",
    "scale",
    "translate",
    "transformStyle",
    "backfaceVisibility",
    "perspective",
    "perspectiveOrigin",
  ],
  ...["offsetPath", "offsetDistance", "offsetRotate", "offsetAnchor", "offsetPosition"],
  ...[
    "clipPath",
    "maskImage",
    "maskSize",
    "maskPosition",
    "maskRepeat",
    "maskOrigin",
    "maskClip",
    "maskComposite",
    "maskMode",
  ],
  ...["opacity", "visibility", "zoom", "viewTransitionClass"],
] as const;

/** Properties that show a box in another place or size than its layout, unless they have these values. */
const PLAIN = {
  transform: "none",
  rotate: "none",
  scale: "none",
  translate: "none",
  offsetPath: "none",
  zoom: "1",
};

/** Pixels of the window: nearer than this a box is in its place. Browsers round boxes to 1/64. */
const CLOSE = 0.02;

/** Pixels by which edges may differ where the place was found: more is a state that cannot be followed. */
const ASTRAY = 1;

/** Pixels of the layout by which a box that is at rest may still be moved: rounding is no movement. */
const SETTLED = 0.1;

/** A box is moved by so many pixels to see how that moves it in the window. */
const STEP = 16;

/** Names of view transitions must differ within a page. */
let named = 0;

type Style = CSSStyleDeclaration & Record<string, string>;

/** What became of a box. */
export interface Followed {
  /** Whether it lies on its source. */
  readonly there: boolean;
  /**
   * Whether the source is on its way: it is animated, or is styled otherwise than when it was looked at last.
   */
  readonly moving: boolean;
  /** Whether it had to be put elsewhere than before. */
  readonly moved: boolean;
}

export class Mirror {
  readonly box = make("div", { className: "mirror" });
  readonly source: HTMLElement;
  readonly #motion = new Motion(this.box);
  readonly #written = new Map<string, string>();
  readonly #name = `candling-${++named}`;
  #restyled = false;
  #plain = false;
  #left = 0;
  #top = 0;

  constructor(source: HTMLElement) {
    this.source = source;
  }

  /**
   * Size, style and place of the source as they are now. `clips`: as a box around others, which may cut them.
   */
  follow(clips: boolean): Followed {
    const style = getComputedStyle(this.source) as Style;
    const { held, moving: animated } = this.#motion.follow(this.source, COPIED);
    const { width, height } = borderBox(style);
    // Where the source is not drawn there is nothing to lie on.
    if (this.source.getClientRects().length === 0) return { there: false, moving: animated, moved: false };
    this.#restyled = false;
    this.#write("width", `${width}px`);
    this.#write("height", `${height}px`);
    for (const name of COPIED) if (!held.has(name)) this.#write(name, style[name] ?? "");
    // Only a box that is positioned heeds its place in the stack, and this one always is.
    this.#write("zIndex", style.position === "static" ? "auto" : style.zIndex);
    this.#write("viewTransitionName", (style.viewTransitionName ?? "none") === "none" ? "none" : this.#name);
    if (clips) this.#cutLike(style);
    this.#plain =
      held.size === 0 && Object.entries(PLAIN).every(([name, plain]) => (style[name] ?? plain) === plain);
    const moving = animated || this.#restyled;
    const distance = this.#settle();
    // What has changed since may change again: a variable, or a script.
    return { there: this.#there(), moving: moving || distance > SETTLED, moved: distance > ASTRAY };
  }

  /** Whether the source is where its layout puts it, in the size that this gives it. */
  get plain(): boolean {
    return this.#plain;
  }

  /** From the corner of what it lies in, in pixels of the layout. */
  get left(): number {
    return this.#left;
  }
  get top(): number {
    return this.#top;
  }

  end(): void {
    this.#motion.end();
    this.box.remove();
  }

  #write(name: string, value: string): void {
    if (this.#written.get(name) === value) return;
    this.#written.set(name, value);
    this.#restyled = true;
    if (name.startsWith("--")) this.box.style.setProperty(name, value);
    else (this.box.style as Style)[name] = value;
  }

  /** A box that hides what goes beyond it does so inside its border. */
  #cutLike(style: Style): void {
    const contained = /paint|content|strict/.test(
      `${style.contain} ${style.contentVisibility === "auto" ? "paint" : ""}`,
    );
    for (const axis of ["overflowX", "overflowY"] as const) {
      this.#write(axis, contained || style[axis] !== "visible" ? "clip" : "visible");
    }
    for (const corner of CORNERS) this.#write(corner, style[corner] ?? "");
    for (const side of SIDES) this.#write(`border${side}Width`, style[`border${side}Width`] ?? "");
  }

  /**
   * Moves the box until its middle is that of the source, and returns how far that was. How the window shows
   * a step of the box is measured, as whatever lies around it may be turned or scaled.
   */
  #settle(): number {
    const [left, top] = [this.#left, this.#top];
    for (let round = 0; round < 3; round++) {
      const [x, y] = this.#astray();
      if (Math.hypot(x, y) < CLOSE) break;
      const [here, down] = [this.#left, this.#top];
      this.#put(here + STEP, down);
      const [rightX, rightY] = this.#astray();
      this.#put(here, down + STEP);
      const [downX, downY] = this.#astray();
      const [a, b, c, d] = [rightX - x, downX - x, rightY - y, downY - y];
      const determinant = a * d - b * c;
      // Seen from its edge, it is not seen at all.
      const flat = Math.abs(determinant) < 1e-6;
      this.#put(
        here - (flat ? 0 : (STEP * (d * x - b * y)) / determinant),
        down - (flat ? 0 : (STEP * (a * y - c * x)) / determinant),
      );
      if (flat) break;
    }
    return Math.hypot(this.#left - left, this.#top - top);
  }

  #put(left: number, top: number): void {
    this.#left = left;
    this.#top = top;
    this.#write("left", `${left}px`);
    this.#write("top", `${top}px`);
  }

  /** From the middle of the source to that of the box, in pixels of the window. */
  #astray(): [number, number] {
    const [here, there] = [this.box.getBoundingClientRect(), this.source.getBoundingClientRect()];
    return [
      (here.left + here.right - there.left - there.right) / 2,
      (here.top + here.bottom - there.top - there.bottom) / 2,
    ];
  }

  #there(): boolean {
    const [here, there] = [this.box.getBoundingClientRect(), this.source.getBoundingClientRect()];
    return (["left", "top", "right", "bottom"] as const).every(
      (side) => Math.abs(here[side] - there[side]) <= ASTRAY,
    );
  }
}

export const SIDES = ["Left", "Right", "Top", "Bottom"] as const;
export const CORNERS = [
  "borderTopLeftRadius",
  "borderTopRightRadius",
  "borderBottomRightRadius",
  "borderBottomLeftRadius",
] as const;

/** Border and padding of one side, in pixels. */
export function edge(style: CSSStyleDeclaration, side: (typeof SIDES)[number]): number {
  return Number.parseFloat(style[`border${side}Width`]) + Number.parseFloat(style[`padding${side}`]);
}

/** The size with padding and border, before anything scales it. */
export function borderBox(style: CSSStyleDeclaration): Size {
  const [width, height] = [Number.parseFloat(style.width), Number.parseFloat(style.height)];
  if (style.boxSizing === "border-box") return { width, height };
  return {
    width: width + edge(style, "Left") + edge(style, "Right"),
    height: height + edge(style, "Top") + edge(style, "Bottom"),
  };
}
