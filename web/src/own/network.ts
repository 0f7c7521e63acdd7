/** The networks of the page: the site's own, whose eyes a head is trained on, and the one with that head, which takes its place. */
import { keepForLater } from "../bias/keep.js";
import { Trainer } from "../bias/trainer.js";
import { Candling, type Weights, weightsHere } from "../candling.js";
import { MODEL_FILES } from "../site/models.js";
import { fetched } from "../words/numbers.js";
import type { Progress } from "./job.js";
import type { Model } from "./model.js";
import type { Session } from "./session.js";

interface Named {
  readonly file: Blob;
  readonly name: string;
}

export class Network {
  readonly trainer = new Trainer();
  /** Another one, which measures: a training that is cancelled takes down whatever else its worker was asked. */
  readonly examiner = new Trainer();
  readonly #session: Session;
  #base: Candling | undefined;
  #file: Named | undefined;
  /** Of both. */
  #weights: Weights | undefined;
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
    if (this.#base === undefined) return this.#loaded(progress, signal);
    this.#session.weights = this.#weights;
    return this.#base;
  }

  /** The site's own as a file, which a head is put into. */
  async file(progress: Progress, signal: AbortSignal): Promise<Named> {
    if (this.#file !== undefined && this.#weights === this.#session.weights) return this.#file;
    const { file, info } = await this.#loaded(progress, signal);
    return { file, name: info.name };
  }

  /** The session's model, loaded. */
  judge(model: Model): Promise<Candling> {
    if (this.#judge?.model === model) return this.#judge.candling;
    this.#dismiss();
    const candling = Candling.load({ model: model.file, backend: "cpu" });
    this.#judge = { model, candling };
    candling.catch(() => {
      // Another try begins anew; whoever asked is told.
      if (this.#judge?.candling === candling) this.#judge = undefined;
    });
    return candling;
  }

  /** There is nothing more to learn for now: the model that came of it has the same eyes. */
  rest(): void {
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

  async #loaded(progress: Progress, signal: AbortSignal): Promise<Candling> {
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
