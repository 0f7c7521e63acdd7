/** Where heads are trained: one network looks at the pictures, once each, and a head learns from what it saw. */
import { Candling, type Progress, weightsHere } from "../candling.js";
import { MODEL_FILES } from "../site/models.js";
import type { Step } from "../trainer/messages.js";
import { featuresOf } from "./features.js";
import type { Trainer } from "./trainer.js";

/** A photo and its class. */
export interface Example {
  readonly photo: Blob;
  readonly label: number;
}

/** A network with a head of its own. */
export interface Student {
  readonly candling: Candling;
  /** The model's file. */
  readonly file: Blob;
  /** How many it learnt from. */
  readonly examples: number;
  /** The share of these that it gets right, 0 to 1. */
  readonly accuracy: number;
  /** That the training took, without what came before and after it. */
  readonly milliseconds: number;
}

/** What a lesson tells while it goes on. */
export interface Onlooker {
  /** The network's bytes. */
  readonly onProgress: (progress: Progress) => void;
  /** Pictures that were looked at. */
  readonly onLook: (done: number, total: number) => void;
  readonly onStep: (step: Step) => void;
}

export class Classroom {
  readonly #trainer: Trainer;
  readonly #features = new WeakMap<Blob, Float32Array>();
  readonly #onNetwork: (network: Candling, model: string) => void;
  /** Looks at pictures: the newest student, as all have the same eyes, so that no network is there for that alone. */
  #eyes: Candling | undefined;
  /** The network's file, as it was before it learnt anything. */
  #file: Blob | undefined;

  /** `onNetwork` is told when the network is there, and the address that it came from. */
  constructor(trainer: Trainer, onNetwork: (network: Candling, model: string) => void) {
    this.#trainer = trainer;
    this.#onNetwork = onNetwork;
  }

  /** Trains a head on the examples, and loads the network that has it. What was looked at before is not looked at again. */
  async teach(
    name: string,
    labels: readonly string[],
    examples: readonly Example[],
    { onProgress, onLook, onStep }: Onlooker,
    signal: AbortSignal,
  ): Promise<Student> {
    const eyes = this.#eyes ?? (await this.#open(onProgress, signal));
    const features: Float32Array[] = [];
    for (const [done, { photo }] of examples.entries()) {
      const known = this.#features.get(photo) ?? (await featuresOf(eyes, photo, signal)).features;
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
    const file = await this.#trainer.model(this.#file ?? eyes.file, name, labels, head);
    const candling = await Candling.load({ model: file, backend: "cpu", signal });
    if (eyes.file === this.#file) eyes.close();
    this.#eyes = candling;
    const right = classes.filter((label, at) => answers[at] === label).length;
    return { candling, file, examples: classes.length, accuracy: right / classes.length, milliseconds };
  }

  /** The network as it is, on the processor, whose numbers are the same everywhere. */
  async #open(onProgress: Onlooker["onProgress"], signal: AbortSignal): Promise<Candling> {
    const model = MODEL_FILES[await weightsHere(MODEL_FILES)];
    const network = await Candling.load({ model, backend: "cpu", onProgress, signal });
    this.#eyes = network;
    this.#file = network.file;
    this.#onNetwork(network, model);
    return network;
  }
}
