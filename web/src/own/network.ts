/**
 * The networks of the page: the site's own, on whose backbone a head is trained, and the one with that head,
 * which replaces it.
 */
import { keepForLater } from "../bias/keep.js";
import { Trainer } from "../bias/trainer.js";
import { Candling, type Weights, weightsHere } from "../candling.js";
import { MODEL_FILES } from "../site/models.js";
import { fetched } from "../words/numbers.js";
import type { ReportProgress } from "./job.js";
import type { Model } from "./model.js";
import type { PhotoSession } from "./session.js";

interface Named {
  readonly file: Blob;
  readonly name: string;
}

export class Network {
  readonly trainer = new Trainer();
  /**
   * A second worker, for measuring: cancelling a training stops its worker with everything else that it was
   * asked.
   */
  readonly examiner = new Trainer();
  readonly #session: PhotoSession;
  #base: Candling | undefined;
  #file: Named | undefined;
  /** Weights variant (`full` or `small`) of the base network and of the trained one. */
  #weights: Weights | undefined;
  #judge: { readonly model: Model; readonly candling: Promise<Candling> } | undefined;

  constructor(session: PhotoSession) {
    this.#session = session;
    session.follow((what) => {
      if (what === "model" && this.#judge?.model !== session.model) this.#dismiss();
    });
  }

  /**
   * The network that computes features: the site's own, or the one that was trained here, which differs in
   * its last layer only.
   */
  async backbone(progress: ReportProgress, signal: AbortSignal): Promise<Candling> {
    const { model } = this.#session;
    if (model?.lesson !== undefined && this.#judge?.model === model) return this.#judge.candling;
    if (this.#base === undefined) return this.#loaded(progress, signal);
    this.#session.weights = this.#weights;
    return this.#base;
  }

  /** The file of the site's own network, into which a head is put. */
  async file(progress: ReportProgress, signal: AbortSignal): Promise<Named> {
    if (this.#file !== undefined && this.#weights === this.#session.weights) return this.#file;
    const { file, info } = await this.#loaded(progress, signal);
    return { file, name: info.name };
  }

  /** Loads the session's model. */
  judge(model: Model): Promise<Candling> {
    if (this.#judge?.model === model) return this.#judge.candling;
    this.#dismiss();
    const candling = Candling.load({ model: model.file, backend: "cpu" });
    this.#judge = { model, candling };
    candling.catch(() => {
      // the next call tries again; this one fails
      if (this.#judge?.candling === candling) this.#judge = undefined;
    });
    return candling;
  }

  /** Frees the site's own network after training: the trained one has the same backbone. */
  freeBase(): void {
    if (this.#session.model?.lesson === undefined) return;
    this.#base?.close();
    this.#base = undefined;
  }

  #dismiss(): void {
    void this.#judge?.candling.then(
      (candling) => candling.close(),
      () => {},
    );
    this.#judge = undefined;
  }

  async #loaded(progress: ReportProgress, signal: AbortSignal): Promise<Candling> {
    const weights = this.#session.weights ?? (await weightsHere(MODEL_FILES));
    const candling = await Candling.load({
      model: MODEL_FILES[weights],
      backend: "cpu",
      signal,
      onProgress({ loaded, total }) {
        progress(`Fetching the network: ${fetched(loaded, total)}…`, loaded, total);
      },
    });
    keepForLater(candling, MODEL_FILES[weights], "Your pictures stay.");
    this.#base = candling;
    this.#file = { file: candling.file, name: candling.info.name };
    this.#weights = this.#session.weights = weights;
    return candling;
  }
}
