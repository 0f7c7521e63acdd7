/** The camera's picture, explained live: Grad-CAM of each frame's own top class, or of the pinned class. */
import type { Candling, LiveFrame } from "../candling.js";
import { byId } from "../dom/page.js";

export type Colours = () => { readonly colormap: string; readonly opacity: number };

export class CameraView {
  readonly #network: Promise<Candling>;
  readonly #colours: Colours;
  readonly #video: HTMLVideoElement;
  #canvas = byId("camera-live", HTMLCanvasElement);
  #over = new AbortController();
  onFrame: (frame: LiveFrame) => void = () => {};
  onFailure: (error: unknown) => void = () => {};

  constructor(network: Promise<Candling>, colours: Colours, video: HTMLVideoElement) {
    this.#network = network;
    this.#colours = colours;
    this.#video = video;
  }

  /**
   * Explains this class from now on; by default each frame's likeliest. The old picture stays until the first
   * new frame.
   */
  async show(target: number | undefined): Promise<void> {
    this.#over.abort();
    this.#over = new AbortController();
    const { signal } = this.#over;
    try {
      const candling = await this.#network;
      if (signal.aborted) return;
      // a canvas can be used for one stream only
      const canvas = this.#canvas.cloneNode() as HTMLCanvasElement;
      await candling.live({
        source: this.#video,
        canvas,
        ...this.#colours(),
        ...(target === undefined ? {} : { target }),
        signal,
        onFrame: (frame) => {
          if (canvas !== this.#canvas) {
            this.#canvas.replaceWith(canvas);
            this.#canvas = canvas;
          }
          canvas.hidden = false;
          const { max, fps, dropped, backend } = frame;
          Object.assign(canvas.dataset, { target: frame.target.class, max, fps, dropped, backend });
          this.onFrame(frame);
        },
      });
    } catch (error) {
      if (!signal.aborted) this.onFailure(error);
    }
  }

  hide(): void {
    this.#over.abort();
    this.#canvas.hidden = true;
  }
}
