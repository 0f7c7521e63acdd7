/**
 * A kept run: its input, and what ran it. What the processor alone can do, and what a card failed to, is done by a run of the processor,
 * which is made from the input when it is first needed.
 */
import type { Engine, Explanation, Prepared, Run } from "../candling_wasm.js";
import type { Run as CardRun } from "../candling_webgpu.js";
import type { Backend, Method, ResolvedTarget } from "../protocol.js";
import { type Card, instead, inTime, release } from "./card.js";
import { using } from "./failure.js";

/** An input tensor, 1×3×height×width, outside the wasm. */
export interface Input {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** What a forward pass left: on the processor, or on a card, and then its input beside it. */
export type Source = Run | { readonly run: CardRun; readonly of: Card; readonly input: Input };

export function inputOf(prepared: Prepared): Input {
  const [height = 0, width = 0] = prepared.size();
  return { data: prepared.tensor(), height, width };
}

export interface Question {
  readonly method: Method;
  readonly target: ResolvedTarget;
  readonly layer?: string | undefined;
  readonly counterfactual: boolean;
}

export class KeptRun {
  /** Index of its best class. */
  readonly top: number;
  readonly #source: Source;
  #cpu: Run | undefined;
  #failed = false;

  constructor(source: Source, top: number) {
    this.#source = source;
    this.#cpu = "of" in source ? undefined : source;
    this.top = top;
  }

  get input(): Input {
    if ("of" in this.#source) return this.#source.input;
    const [height = 0, width = 0] = this.#source.inputSize();
    return { data: this.#source.input(), height, width };
  }

  /** The run on the processor. `onForward` is told if that takes a pass. */
  cpu(engine: Engine, onForward: () => void): Run {
    if (this.#cpu === undefined && "of" in this.#source) {
      const { data, height, width } = this.#source.input;
      this.#cpu = using(engine.prepareTensor(data, height, width), (input) => engine.forward(input));
      onForward();
    }
    return this.#cpu as Run;
  }

  /** `onLost` is told what which card threw, if it failed and the processor answers. */
  async explain(
    { method, target, layer, counterfactual }: Question,
    cpu: () => Run,
    onLost: (thrown: unknown, of: Card) => void,
  ): Promise<{ explanation: Explanation; backend: Backend }> {
    const question = [method, target.class, target.over, layer, counterfactual] as const;
    const onCpu = () => ({ explanation: cpu().explain(...question), backend: "cpu" }) as const;
    if (!("of" in this.#source) || this.#failed) return onCpu();
    const { run, of } = this.#source;
    const onCard = async () => ({ explanation: await inTime(run.explain(...question)), backend: "webgpu" }) as const;
    return instead<{ explanation: Explanation; backend: Backend }>(onCard, onCpu, (thrown) => {
      this.#failed = true;
      onLost(thrown, of);
    });
  }

  free(): void {
    this.#cpu?.free();
    if ("of" in this.#source) release(this.#source.run);
  }
}
