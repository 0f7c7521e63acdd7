/** Small pictures that are painted when they come into sight, a few at a time. */
import { pencil } from "../dom/page.js";

/** Beyond the edge of the window: a picture is there before it is looked at. */
const MARGIN = "300px";

type Paint = (canvas: HTMLCanvasElement) => Promise<void>;

/** Paints each canvas once, with `lanes` of them at a time. */
export class Thumbs {
  readonly #lanes: number;
  readonly #paint: Paint;
  readonly #waiting = new Set<HTMLCanvasElement>();
  #busy = 0;
  readonly #watch = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!(target instanceof HTMLCanvasElement)) continue;
        if (isIntersecting) this.#waiting.add(target);
        else this.#waiting.delete(target);
      }
      this.#go();
    },
    { rootMargin: MARGIN },
  );

  /** `paint` deals with its own errors. */
  constructor(lanes: number, paint: Paint) {
    this.#lanes = lanes;
    this.#paint = paint;
  }

  /** Paints it as soon as it is in sight. */
  follow(canvas: HTMLCanvasElement): void {
    this.#watch.unobserve(canvas);
    this.#watch.observe(canvas);
  }

  #go(): void {
    for (const canvas of this.#waiting) {
      if (this.#busy >= this.#lanes) return;
      this.#waiting.delete(canvas);
      this.#watch.unobserve(canvas);
      this.#busy += 1;
      void this.#paint(canvas).finally(() => {
        this.#busy -= 1;
        this.#go();
      });
    }
  }
}

/** Draws a photo at most so many pixels wide. Resolves with whether the browser could read it. */
export async function drawSmall(canvas: HTMLCanvasElement, photo: Blob, width: number): Promise<boolean> {
  const bitmap = await createImageBitmap(photo, { resizeWidth: width, resizeQuality: "medium" }).catch(
    () => undefined,
  );
  if (bitmap === undefined) return false;
  drawBitmap(canvas, bitmap);
  return true;
}

/** On white, because that is what the network sees behind transparent pixels. Closes the bitmap. */
export function drawBitmap(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = pencil(canvas);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
}
