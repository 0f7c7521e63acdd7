/** The networks of the page, of which one at a time is alive: the site's own, whose eyes a head is trained on, and the one with that head. */
import { Trainer } from "../bias/trainer.js";
import { Candling, type ModelFiles, weightsFor } from "../candling.js";
import { megabytes } from "../words/numbers.js";
import type { Progress } from "./job.js";
import type { Model, Session } from "./session.js";

const FILES: ModelFiles = {
  full: "models/efficientnet-lite0.safetensors",
  small: "models/efficientnet-lite0-small.safetensors",
};

export class Network {
  readonly trainer = new Trainer();
  readonly #session: Session;
  #base: Candling | undefined;
  #file: Blob | undefined;
  #judge: { readonly model: Model; readonly candling: Promise<Candling> } | undefined;

  constructor(session: Session) {
    this.#session = session;
    session.follow((what) => {
      if (what === "model" && this.#judge?.model !== session.model) this.#dismiss();
    });
  }

  /** The one whose features the session has: the site's own, or the one that was trained here, which differs in its last layer only. */
  async eyes(progress: Progress, signal: AbortSignal): Promise<Candling> {
    const { model } = this.#session;
    if (model?.lesson !== undefined && this.#judge?.model === model) return this.#judge.candling;
    return this.#base ?? (await this.#loaded(progress, signal));
  }

  /** The file of the site's own, which a head is put into. */
  async file(progress: Progress, signal: AbortSignal): Promise<Blob> {
    return this.#file ?? (await this.#loaded(progress, signal)).file;
  }

  /** The session's model, loaded. */
  judge(model: Model): Promise<Candling> {
    if (this.#judge?.model === model) return this.#judge.candling;
    this.#dismiss();
    const candling = Candling.load({ model: model.file, backend: "cpu" });
    this.#judge = { model, candling };
    void candling.then(
      () => {
        this.#base?.close();
        this.#base = undefined;
      },
      () => {
        // Another try begins anew; whoever asked is told.
        if (this.#judge?.candling === candling) this.#judge = undefined;
      },
    );
    return candling;
  }

  #dismiss(): void {
    void this.#judge?.candling.then((candling) => candling.close(), () => {});
    this.#judge = undefined;
  }

  async #loaded(progress: Progress, signal: AbortSignal): Promise<Candling> {
    this.#session.weights ??= weightsFor();
    const candling = await Candling.load({
      model: FILES[this.#session.weights],
      backend: "cpu",
      signal,
      onProgress({ loaded, total }) {
        const of = total === undefined ? "" : ` of ${megabytes(total)}`;
        progress(`Fetching the network: ${megabytes(loaded)}${of} MB…`, loaded, total);
      },
    });
    this.#base = candling;
    this.#file = candling.file;
    return candling;
  }
}
