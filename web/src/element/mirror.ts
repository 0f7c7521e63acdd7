/**
 * A box that copies another element's place, size, transform and clipping, so that its content follows that
 * element in every frame.
 */
import { make } from "../dom/make.js";
import { Motion } from "./motion.js";
import type { Size } from "./placement.js";

/**
 * Properties that move, transform, clip or fade a box as a whole. The names are those in scripts; a browser
 * ignores unknown ones.
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

/**
 * The properties among them that show a box away from its place in the layout, or in another size, unless
 * they have this value.
 */
const PLAIN = {
  transform: "none",
  rotate: "none",
  scale: "none",
  translate: "none",
  offsetPath: "none",
  zoom: "1",
};

/** Tolerance in pixels of the window, below which a box is in its place. Browsers round boxes to 1/64. */
const CLOSE = 0.02;

/**
 * Largest distance of edges, in pixels, at which a box still counts as placed: with more, the state cannot be
 * followed.
 */
const ASTRAY = 1;

/** Movement in pixels of the layout that still counts as rest: rounding is no movement. */
const SETTLED = 0.1;

/** Distance in pixels by which a box is moved to measure how that moves it in the window. */
const STEP = 16;

/** Counter for names of view transitions, which must differ within a page. */
let named = 0;

type Style = CSSStyleDeclaration & Record<string, string>;

/** The result of following a box. */
export interface Followed {
  /** Whether it lies on its source. */
  readonly there: boolean;
  /**
   * Whether the source is moving: it is animated, or its style has changed since the last frame that was
   * examined.
   */
  readonly moving: boolean;
  /** Whether the box had to be moved. */
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
   * Copies the source's current size, style and place. `clips`: as a box around others, which it may clip.
   */
  follow(clips: boolean): Followed {
    const style = getComputedStyle(this.source) as Style;
    const { held, moving: animated } = this.#motion.follow(this.source, COPIED);
    const { width, height } = borderBox(style);
    // a source that is not rendered has no place
    if (this.source.getClientRects().length === 0) return { there: false, moving: animated, moved: false };
    this.#restyled = false;
    this.#write("width", `${width}px`);
    this.#write("height", `${height}px`);
    for (const name of COPIED) if (!held.has(name)) this.#write(name, style[name] ?? "");
    // z-index affects only positioned boxes, and this one is always positioned
    this.#write("zIndex", style.position === "static" ? "auto" : style.zIndex);
    this.#write("viewTransitionName", (style.viewTransitionName ?? "none") === "none" ? "none" : this.#name);
    if (clips) this.#cutLike(style);
    this.#plain =
      held.size === 0 && Object.entries(PLAIN).every(([name, plain]) => (style[name] ?? plain) === plain);
    const moving = animated || this.#restyled;
    const distance = this.#settle();
    // what has changed may change again: by a variable, or a script
    return { there: this.#there(), moving: moving || distance > SETTLED, moved: distance > ASTRAY };
  }

  /** Whether the source is where its layout puts it, in the size of its layout. */
  get plain(): boolean {
    return this.#plain;
  }

  /** Distance from the left edge of its container, in pixels of the layout. */
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

  /** Copies the clipping: a box that hides its overflow does so inside its border. */
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
   * Moves the box until its centre is the source's, and returns the distance. How a step of the box moves it
   * in the window is measured, as any ancestor may be rotated or scaled.
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
      // edge-on, it is not visible at all
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

  /** Distance between the centres of source and box, in pixels of the window. */
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

/** The size with padding and border, before any scaling. */
export function borderBox(style: CSSStyleDeclaration): Size {
  const [width, height] = [Number.parseFloat(style.width), Number.parseFloat(style.height)];
  if (style.boxSizing === "border-box") return { width, height };
  return {
    width: width + edge(style, "Left") + edge(style, "Right"),
    height: height + edge(style, "Top") + edge(style, "Bottom"),
  };
}
