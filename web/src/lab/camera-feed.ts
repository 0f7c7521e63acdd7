/**
 * The camera's picture in a video element: on while it is wanted and the page is visible. Otherwise the
 * camera is released, so that its light goes out and other programs can use it.
 */

/** The cost of a frame grows with its size; the network sees 224×224 of it. */
const CAMERA = { facingMode: "environment", width: { ideal: 640 }, height: { ideal: 480 } };

/** Whether there is a picture, and if there is none, why, for the visitor. */
export type FeedState =
  | { readonly on: true }
  | { readonly on: false; readonly why: string; readonly failed: boolean };

export class CameraFeed {
  readonly #video: HTMLVideoElement;
  readonly #onChange: (state: FeedState) => void;
  #wanted = false;
  /** Number of the latest request; a camera that arrives for an earlier one is released. */
  #turn = 0;
  #stream: MediaStream | undefined;

  constructor(video: HTMLVideoElement, onChange: (state: FeedState) => void) {
    this.#video = video;
    this.#onChange = onChange;
    document.addEventListener("visibilitychange", () => {
      if (this.#wanted) this.start();
    });
  }

  /** Starts the camera; also after a failure. */
  start(): void {
    this.#wanted = true;
    this.#letGo();
    if (document.hidden) this.#tell("The camera is off while nobody looks.");
    else void this.#take(this.#turn);
  }

  stop(): void {
    this.#wanted = false;
    this.#letGo();
  }

  async #take(turn: number): Promise<void> {
    this.#tell("Waiting for the camera…");
    try {
      if (navigator.mediaDevices === undefined) {
        throw new Error(
          "Browsers give pages a camera only over https or on localhost. Choose a file instead.",
        );
      }
      const stream = await navigator.mediaDevices.getUserMedia({ video: CAMERA });
      if (turn !== this.#turn) return end(stream);
      this.#stream = stream;
      for (const track of stream.getVideoTracks()) {
        // not fired for an end that the page itself causes
        track.addEventListener("ended", () => {
          if (this.#stream === stream) this.#fail("The camera was unplugged or taken away.");
        });
      }
      this.#video.srcObject = stream;
      await this.#video.play();
      if (turn === this.#turn) this.#onChange({ on: true });
    } catch (error) {
      if (turn === this.#turn) this.#fail(refusal(error));
    }
  }

  #fail(why: string): void {
    this.#letGo();
    this.#tell(why, true);
  }

  #letGo(): void {
    this.#turn += 1;
    if (this.#stream !== undefined) end(this.#stream);
    this.#stream = undefined;
    this.#video.srcObject = null;
  }

  #tell(why: string, failed = false): void {
    this.#onChange({ on: false, why, failed });
  }
}

function end(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function refusal(error: unknown): string {
  // WebKit's OverconstrainedError is no DOMException, and says "Invalid constraint" if there is no camera
  const { name = "" } = error as { readonly name?: string };
  if (name === "NotAllowedError")
    return "The camera was refused. Allow it in the browser's settings for this site, or choose a file instead.";
  if (name === "NotFoundError" || name === "OverconstrainedError")
    return "There is no camera on this device. Choose a file instead.";
  if (name === "NotReadableError")
    return "Another program has the camera. Close that one and try again, or choose a file instead.";
  return error instanceof Error ? error.message : String(error);
}
