/** Thumbnails that are painted when they scroll into view, a few at a time. */
import { context2d } from "../dom/page.js";

/** Margin around the window within which pictures are painted in advance. */
const MARGIN = "300px";

type Paint = (canvas: HTMLCanvasElement) => Promise<void>;

/** Paints each canvas once, `lanes` of them at a time. */
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

  /** `paint` handles its own errors. */
  constructor(lanes: number, paint: Paint) {
    this.#lanes = lanes;
    this.#paint = paint;
  }

  /** Paints a canvas as soon as it is in view. */
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

/** Draws a photo at most `width` pixels wide. Resolves with whether the browser could read it. */
export async function drawSmall(canvas: HTMLCanvasElement, photo: Blob, width: number): Promise<boolean> {
  const bitmap = await createImageBitmap(photo, { resizeWidth: width, resizeQuality: "medium" }).catch(
    () => undefined,
  );
  if (bitmap === undefined) return false;
  drawBitmap(canvas, bitmap);
  return true;
}

/** Draws a bitmap on white, as the network sees transparent pixels, and closes it. */
export function drawBitmap(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = context2d(canvas);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
}
