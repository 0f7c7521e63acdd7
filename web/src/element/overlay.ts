/** What lies over the photo, and follows it: a mirror of each box between the stage and the photo's pixels, one in the other. */
import { above } from "../dom/above.js";
import { make } from "../dom/make.js";
import { borderBox, CORNERS, edge, Mirror } from "./mirror.js";
import { type Box, placement, type Size } from "./placement.js";
import { Stirs } from "./stirs.js";

export class Overlay {
  /** Whether a style sheet can lay one box on another, on paper too. */
  readonly #anchors = CSS.supports("anchor-name: --photo");
  readonly #stage: HTMLElement;
  /** Around all that is in the stage. It has a box on paper only, where it may be a picture of the screen. */
  readonly #sheet: HTMLElement;
  /** What is to be read: it lies over the photo's place, and is neither turned nor mirrored with it. */
  readonly #words: HTMLElement;
  /** The photo's content, without border and padding. */
  readonly #content = make("div", { className: "content" });
  /** What is seen of its pixels. */
  readonly #seen = make("div", { className: "seen" });
  readonly #resized = new ResizeObserver(() => this.place());
  readonly #stirs: Stirs;
  #maps: readonly HTMLCanvasElement[] = [];
  /** From the outermost box to the photo. */
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

  /** Canvases that lie on the photo's pixels, and what lies over them. */
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

  /** In another document, whose events are others. */
  adopt(): void {
    if (this.#image !== undefined) this.#stirs.start();
  }

  /** Puts everything over the photo again, after whatever may have moved it. */
  place(): void {
    const image = this.#image;
    if (image === undefined || !image.isConnected) return;
    this.#mirror(image);
    const last = this.#mirrors.length - 1;
    const followed = this.#mirrors.map((mirror, at) => mirror.follow(at < last));
    if (followed.some(({ moving }) => moving)) this.#stirs.alert();
    // Browsers draw what is scrolled ahead of scripts: a photo that moves within its element is not caught up with before it stops.
    const ahead =
      this.#stirs.scrolling &&
      (followed.some(({ moved }) => moved) || this.#content.classList.contains("ahead"));
    this.#content.classList.toggle("ahead", ahead);
    this.#content.classList.toggle("astray", followed[last]?.there !== true);
    this.#lay(image);
  }

  /** No script sees the layout on paper. There, a photo that lies plainly in its slot is an anchor for its map (`style.ts`); around any other, the
   *  stage is laid out as on the screen, and made as much smaller as the paper is narrower. */
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

  /** A mirror for each box from the stage's child to the photo. */
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

  /** As they are drawn, not as they were written: a box may have been given a place in another's shadow. */
  #boxesTo(image: HTMLImageElement): HTMLElement[] {
    const boxes: HTMLElement[] = [image];
    for (
      let node: Node | null = above(image);
      node instanceof HTMLElement && node !== this.#sheet;
      node = above(node)
    ) {
      // A box that is part of a line, or none, can be neither turned nor moved by itself.
      if (!/^(inline|contents)$/.test(getComputedStyle(node).display)) boxes.unshift(node);
    }
    return boxes;
  }

  /** The map over the pixels in the photo's box. */
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
    // A divider parts what is seen.
    this.#seen.style.setProperty("--_from", `${share(seen.left - map.left, map.width)}%`);
    this.#seen.style.setProperty("--_wide", `${share(seen.width, map.width) / 100}%`);
    const corner = (side: "left" | "top") =>
      this.#mirrors.reduce((sum, mirror) => sum + mirror[side], inset[side] + seen[side]);
    const place = { ...seen, left: corner("left"), top: corner("top") };
    for (const side of ["left", "top", "width", "height"] as const)
      this.#words.style[side] = `${place[side]}px`;
  }
}

/** In shares of what it lies in, so that it is right on paper too, where that has another size. */
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

/** Corners of the content are rounder by border and padding than those of the box. */
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
