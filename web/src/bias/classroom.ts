/**
 * Training of heads: one network computes the features of the pictures, once each, and a head is trained on
 * them.
 */
import { Candling, type Progress, weightsHere } from "../candling.js";
import { MODEL_FILES } from "../site/models.js";
import type { TrainingStep } from "../trainer/messages.js";
import { featuresOf } from "./features.js";
import type { Trainer } from "./trainer.js";

/** A training photo and its class. */
export interface Example {
  readonly photo: Blob;
  readonly label: number;
}

/** A trained network. */
export interface Student {
  readonly candling: Candling;
  /** The model's file. */
  readonly file: Blob;
  /** Number of training photos. */
  readonly examples: number;
  /** Training accuracy, 0 to 1. */
  readonly accuracy: number;
  /** Time of the training alone. */
  readonly milliseconds: number;
}

/** Callbacks for the progress of a training. */
export interface TeachingCallbacks {
  /** Download of the network. */
  readonly onProgress: (progress: Progress) => void;
  /** Pictures whose features were computed. */
  readonly onLook: (done: number, total: number) => void;
  readonly onStep: (step: TrainingStep) => void;
}

export class Classroom {
  readonly #trainer: Trainer;
  readonly #features = new WeakMap<Blob, Float32Array>();
  readonly #onNetwork: (network: Candling, model: string) => void;
  /**
   * Computes features: the newest trained network, as all have the same backbone, so that no network is in
   * memory for that alone.
   */
  #backbone: Candling | undefined;
  /** The file of the untrained network. */
  #file: Blob | undefined;

  /** `onNetwork` is called when the network is loaded, with the address of its file. */
  constructor(trainer: Trainer, onNetwork: (network: Candling, model: string) => void) {
    this.#trainer = trainer;
    this.#onNetwork = onNetwork;
  }

  /**
   * Trains a head on the examples, and loads the network with it. Features are computed once for each
   * picture.
   */
  async teach(
    name: string,
    labels: readonly string[],
    examples: readonly Example[],
    { onProgress, onLook, onStep }: TeachingCallbacks,
    signal: AbortSignal,
  ): Promise<Student> {
    const backbone = this.#backbone ?? (await this.#open(onProgress, signal));
    const features: Float32Array[] = [];
    for (const [done, { photo }] of examples.entries()) {
      const known = this.#features.get(photo) ?? (await featuresOf(backbone, photo, signal)).features;
      this.#features.set(photo, known);
      features.push(known);
      onLook(done + 1, examples.length);
    }
    const classes = examples.map(({ label }) => label);
    const { head, answers, milliseconds } = await this.#trainer.train(
      { features, labels: classes, classes: labels.length },
      onStep,
      signal,
    );
    const file = await this.#trainer.model(this.#file ?? backbone.file, name, labels, head);
    const candling = await Candling.load({ model: file, backend: "cpu", signal });
    if (backbone.file === this.#file) backbone.close();
    this.#backbone = candling;
    const right = classes.filter((label, at) => answers[at] === label).length;
    return { candling, file, examples: classes.length, accuracy: right / classes.length, milliseconds };
  }

  /** Opens the untrained network on the CPU, whose numbers are the same everywhere. */
  async #open(onProgress: TeachingCallbacks["onProgress"], signal: AbortSignal): Promise<Candling> {
    const model = MODEL_FILES[await weightsHere(MODEL_FILES)];
    const network = await Candling.load({ model, backend: "cpu", onProgress, signal });
    this.#backbone = network;
    this.#file = network.file;
    this.#onNetwork(network, model);
    return network;
  }
}
