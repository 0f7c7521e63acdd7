/**
 * The layer over the photo, which follows it: nested mirrors of all boxes between the stage and the photo's
 * pixels.
 */
import { flatTreeParent } from "../dom/flat-tree-parent.js";
import { make } from "../dom/make.js";
import { borderBox, CORNERS, edge, Mirror } from "./mirror.js";
import { type Box, placement, type Size } from "./placement.js";
import { Stirs } from "./stirs.js";

export class Overlay {
  /** Whether a style sheet can lay one box over another, in print too. */
  readonly #anchors = CSS.supports("anchor-name: --photo");
  readonly #stage: HTMLElement;
  /**
   * Container of everything in the stage. It has a box in print only, where it may show the screen's layout.
   */
  readonly #sheet: HTMLElement;
  /** Container of texts: it covers the photo's place, but is not rotated or mirrored with it. */
  readonly #words: HTMLElement;
  /** The photo's content box, without border and padding. */
  readonly #content = make("div", { className: "content" });
  /** The visible part of its pixels. */
  readonly #seen = make("div", { className: "seen" });
  readonly #resized = new ResizeObserver(() => this.place());
  readonly #stirs: Stirs;
  #maps: readonly HTMLCanvasElement[] = [];
  /** Mirrors from the outermost box to the photo. */
  #mirrors: readonly Mirror[] = [];
  #image: HTMLImageElement | undefined;

  constructor(stage: HTMLElement, words: HTMLElement) {
    this.#stage = stage;
    this.#words = words;
    this.#sheet = make("div", { className: "sheet" }, make("slot"), words);
    stage.append(this.#sheet);
    this.#stirs = new Stirs(stage, () => this.place());
    this.#content.append(this.#seen);
  }

  /** Takes canvases that lie on the photo's pixels, and what lies over them. */
  hold(maps: readonly HTMLCanvasElement[], others: readonly HTMLElement[]): void {
    this.#maps = maps;
    this.#seen.append(...maps, ...others);
  }

  set image(image: HTMLImageElement | undefined) {
    if (image !== this.#image) {
      this.#image = image;
      this.#resized.disconnect();
      if (image === undefined) this.#stirs.end();
      else {
        this.#resized.observe(image);
        this.#resized.observe(this.#stage);
        this.#stirs.start();
      }
    }
    this.place();
  }

  /** Adapts to another document, which has other events. */
  adopt(): void {
    if (this.#image !== undefined) this.#stirs.start();
  }

  /** Puts everything over the photo again, after anything that may have moved it. */
  place(): void {
    const image = this.#image;
    if (image === undefined || !image.isConnected) return;
    this.#mirror(image);
    const last = this.#mirrors.length - 1;
    const followed = this.#mirrors.map((mirror, at) => mirror.follow(at < last));
    if (followed.some(({ moving }) => moving)) this.#stirs.alert();
    // browsers scroll ahead of scripts: a photo that moves within its element is followed only once it stops
    const ahead =
      this.#stirs.scrolling &&
      (followed.some(({ moved }) => moved) || this.#content.classList.contains("ahead"));
    this.#content.classList.toggle("ahead", ahead);
    this.#content.classList.toggle("astray", followed[last]?.there !== true);
    this.#lay(image);
  }

  /**
   * Prepares for print, whose layout no script sees. There a photo that lies unchanged in its slot is an
   * anchor for its map (`style.ts`); with any other, the stage is laid out as on the screen, and scaled down
   * to the narrower paper.
   */
  #forPaper(whole: boolean): void {
    const anchored =
      this.#anchors &&
      whole &&
      this.#mirrors.length === 1 &&
      this.#image?.assignedSlot?.parentNode === this.#sheet;
    this.#stage.classList.toggle("as-on-screen", !(anchored && this.#mirrors[0]?.plain === true));
    if (matchMedia("print").matches) return;
    const style = getComputedStyle(this.#stage);
    const { width, height } = borderBox(style);
    this.#stage.style.setProperty("--_width", `${width - edge(style, "Left") - edge(style, "Right")}px`);
    this.#stage.style.setProperty("--_height", `${height - edge(style, "Top") - edge(style, "Bottom")}px`);
  }

  /** Makes a mirror for each box from the stage's child to the photo. */
  #mirror(image: HTMLImageElement): void {
    const sources = this.#boxesTo(image);
    const known = this.#mirrors;
    if (sources.length === known.length && sources.every((source, at) => source === known[at]?.source))
      return;
    for (const mirror of known) mirror.end();
    this.#mirrors = sources.map((source) => new Mirror(source));
    let around = this.#sheet;
    for (const { box } of this.#mirrors) {
      if (around === this.#sheet) this.#words.before(box);
      else around.append(box);
      around = box;
    }
    around.append(this.#content);
  }

  /**
   * The boxes as they are rendered, not as they are nested in the source: a box may be slotted into another's
   * shadow.
   */
  #boxesTo(image: HTMLImageElement): HTMLElement[] {
    const boxes: HTMLElement[] = [image];
    for (
      let node: Node | null = flatTreeParent(image);
      node instanceof HTMLElement && node !== this.#sheet;
      node = flatTreeParent(node)
    ) {
      // inline boxes, and elements without a box, cannot be transformed or moved
      if (!/^(inline|contents)$/.test(getComputedStyle(node).display)) boxes.unshift(node);
    }
    return boxes;
  }

  /** Lays the map over the pixels in the photo's box. */
  #lay(image: HTMLImageElement): void {
    const style = getComputedStyle(image);
    const outer = borderBox(style);
    const inset = {
      left: edge(style, "Left"),
      top: edge(style, "Top"),
      right: edge(style, "Right"),
      bottom: edge(style, "Bottom"),
    };
    const content = {
      width: outer.width - inset.left - inset.right,
      height: outer.height - inset.top - inset.bottom,
    };
    Object.assign(
      this.#content.style,
      { inset: `${inset.top}px ${inset.right}px ${inset.bottom}px ${inset.left}px` },
      corners(style, outer, inset),
    );
    const { map, seen, fit } = placement(content, image, style);
    this.#forPaper(same(map, seen) && same(seen, { left: 0, top: 0, ...content }));
    put(this.#seen, seen, { left: 0, top: 0, ...content });
    for (const canvas of this.#maps) {
      put(canvas, map, seen);
      Object.assign(canvas.style, fit);
    }
    // the divider splits the visible part
    this.#seen.style.setProperty("--_from", `${share(seen.left - map.left, map.width)}%`);
    this.#seen.style.setProperty("--_wide", `${share(seen.width, map.width) / 100}%`);
    const corner = (side: "left" | "top") =>
      this.#mirrors.reduce((sum, mirror) => sum + mirror[side], inset[side] + seen[side]);
    const place = { ...seen, left: corner("left"), top: corner("top") };
    for (const side of ["left", "top", "width", "height"] as const)
      this.#words.style[side] = `${place[side]}px`;
  }
}

/**
 * Positions a box in shares of its container, so that it is right in print too, where that has another size.
 */
function put({ style }: HTMLElement, box: Box, around: Box): void {
  style.left = `${share(box.left - around.left, around.width)}%`;
  style.top = `${share(box.top - around.top, around.height)}%`;
  style.width = `${share(box.width, around.width)}%`;
  style.height = `${share(box.height, around.height)}%`;
}

function same(a: Box, b: Box): boolean {
  return (["left", "top", "width", "height"] as const).every((side) => a[side] === b[side]);
}

function share(part: number, whole: number): number {
  return whole > 0 ? (100 * part) / whole : 0;
}

/** Corner radii of the content box, which are smaller by border and padding than those of the border box. */
function corners(
  style: CSSStyleDeclaration,
  outer: Size,
  inset: Readonly<Record<"left" | "top" | "right" | "bottom", number>>,
) {
  return Object.fromEntries(
    CORNERS.map((corner) => {
      const [across = "0px", down = across] = style[corner].split(" ");
      const x = Math.max(
        0,
        pixels(across, outer.width) - (corner.endsWith("LeftRadius") ? inset.left : inset.right),
      );
      const y = Math.max(0, pixels(down, outer.height) - (corner.includes("Top") ? inset.top : inset.bottom));
      return [corner, `${x}px ${y}px`];
    }),
  );
}

function pixels(length: string, whole: number): number {
  return length.endsWith("%") ? (Number.parseFloat(length) / 100) * whole : Number.parseFloat(length);
}
