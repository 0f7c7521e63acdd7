/** The pane over a photo on which a region is marked: by a box, a brush, or the keyboard. */
import type { Mask } from "../bias/mask.js";
import { byId, context2d, radios } from "../dom/page.js";
import {
  areaWords,
  blankMask,
  type Box,
  boxAround,
  boxBetween,
  isMarked,
  withBox,
  withStroke,
} from "./area.js";

/** Step of the arrow keys, as a share of the photo. */
const STEP = 0.02;
/** The box with which the keyboard starts. */
const MIDDLE: Box = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };
/** Shortest movement that draws, as a share of the photo; less is a click. */
const LEAST = 0.01;
/** Colours of the inside and of its edge: cold ones, which no map has. */
const INSIDE = [143, 184, 216, 70] as const;
const EDGE = [143, 196, 240, 255] as const;

type Point = { readonly x: number; readonly y: number };
const FIELDS = ["x", "y", "width", "height"] as const;

export class Pane {
  readonly #canvas = byId("pane", HTMLCanvasElement);
  readonly #brush = byId("brush", HTMLInputElement);
  readonly #fields = FIELDS.map((name) => byId(`box-${name}`, HTMLInputElement));
  readonly #tool: () => string;
  #mask: Mask = blankMask(1, 1);
  #isMarked = false;
  /** Called while a region changes, and with `final` when the pointer is released. */
  onChange: (mask: Mask, final: boolean) => void = () => {};

  constructor() {
    this.#tool = radios("tool", () => this.#equip());
    this.#brush.addEventListener("input", () => this.#equip());
    for (const field of this.#fields) {
      field.addEventListener("change", () => this.#type());
    }
    this.#listenForHands();
    this.#equip();
  }

  /** Shows a region in a photo of these sides. */
  show(mask: Mask | undefined, width: number, height: number): void {
    this.#mask = mask ?? blankMask(width, height);
    this.#isMarked = mask !== undefined;
    this.#draw();
  }

  #change(mask: Mask, final: boolean): void {
    this.#mask = mask;
    this.#isMarked = isMarked(mask);
    this.#draw();
    this.onChange(mask, final);
  }

  /**
   * Reads the box from its number fields. The first field that is filled starts a box; missing ones extend to
   * the edge of the photo.
   */
  #type(): void {
    const [x, y, width, height] = this.#fields.map(({ value }) =>
      value === "" ? undefined : Number(value) / 100,
    );
    const [left, top] = [x ?? 0, y ?? 0];
    const mask = withBox(
      this.#mask,
      boxBetween({ x: left, y: top }, { x: left + (width ?? 1), y: top + (height ?? 1) }),
    );
    if (isMarked(mask)) this.#change(mask, true);
    // typed numbers may exceed the photo, or be no box: the field then shows the actual ones
    this.#number(true);
  }

  #equip(): void {
    const isBox = this.#tool() === "box";
    byId("box-fields", HTMLFieldSetElement).hidden = !isBox;
    byId("brush-field", HTMLElement).hidden = isBox;
    byId("brush-text", HTMLOutputElement).textContent = `${this.#brush.value} %`;
    byId("pane-help", HTMLElement).textContent = isBox
      ? "Drag on the photo. With the keyboard: arrow keys move the box, with Shift they change its size."
      : "Paint on the photo. The brush needs a pointer; the box can be drawn with the keyboard.";
  }

  #listenForHands(): void {
    let from: Point | undefined;
    /** the mask at the start of the stroke */
    let before = this.#mask;
    const canvas = this.#canvas;
    const follow = (event: PointerEvent, final: boolean) => {
      if (from === undefined) return;
      const to = this.#point(event);
      if (this.#tool() === "box") {
        const box = boxBetween(from, to);
        if (Math.min(box.width, box.height) >= LEAST) this.#change(withBox(this.#mask, box), final);
        else if (this.#mask !== before) this.#change(before, false);
      } else {
        this.#change(
          withStroke(this.#mask, from, to, Number(this.#brush.value) / 100, this.#tool() === "brush" ? 1 : 0),
          final,
        );
        from = to;
      }
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      from = this.#point(event);
      before = this.#mask;
      if (this.#tool() !== "box") follow(event, false);
    });
    canvas.addEventListener("pointermove", (event) => follow(event, false));
    canvas.addEventListener("pointerup", (event) => {
      follow(event, true);
      from = undefined;
    });
    canvas.addEventListener("pointercancel", () => {
      if (from !== undefined && this.#mask !== before) this.#change(before, false);
      from = undefined;
    });
    canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  #key(event: KeyboardEvent): void {
    const moves: Readonly<Record<string, Point>> = {
      ArrowLeft: { x: -STEP, y: 0 },
      ArrowRight: { x: STEP, y: 0 },
      ArrowUp: { x: 0, y: -STEP },
      ArrowDown: { x: 0, y: STEP },
    };
    const move = moves[event.key];
    if (move === undefined || this.#tool() !== "box") return;
    event.preventDefault();
    const box = boxAround(this.#mask);
    if (box === undefined) return this.#change(withBox(this.#mask, MIDDLE), true);
    const within = (value: number, most: number, least = 0) => Math.min(most, Math.max(least, value));
    const changed = event.shiftKey
      ? {
          ...box,
          width: within(box.width + move.x, 1 - box.x, STEP),
          height: within(box.height + move.y, 1 - box.y, STEP),
        }
      : { ...box, x: within(box.x + move.x, 1 - box.width), y: within(box.y + move.y, 1 - box.height) };
    this.#change(withBox(this.#mask, changed), true);
  }

  /** The position of a pointer in the photo. */
  #point({ clientX, clientY }: PointerEvent): Point {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  }

  #draw(): void {
    const { width, height, data } = this.#mask;
    Object.assign(this.#canvas, { width, height });
    const picture = new ImageData(width, height);
    const inside = (x: number, y: number) =>
      x >= 0 && y >= 0 && x < width && y < height && data[y * width + x] === 1;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (!inside(x, y)) continue;
        const whole = inside(x - 1, y) && inside(x + 1, y) && inside(x, y - 1) && inside(x, y + 1);
        picture.data.set(whole ? INSIDE : EDGE, 4 * (y * width + x));
      }
    }
    context2d(this.#canvas).putImageData(picture, 0, 0);
    this.#number(false);
    this.#canvas.ariaLabel = `Region on the photo: ${areaWords(this.#isMarked ? this.#mask : undefined)}`;
  }

  /** Shows the box in the number fields, with `all` also in the one that is being typed in. */
  #number(all: boolean): void {
    const box = boxAround(this.#mask);
    for (const [at, name] of FIELDS.entries()) {
      const field = this.#fields[at];
      if (field !== undefined && (all || document.activeElement !== field))
        field.value = box === undefined ? "" : String(Math.round(100 * box[name]));
    }
  }
}
