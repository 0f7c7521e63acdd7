/**
 * A kept run: its input, and what ran it. What the processor alone can do, and what a card failed to, is done by a run of the processor,
 * which is made from the input when it is first needed.
 */
import type { Engine, Explanation, Prepared, Run } from "../candling_wasm.js";
import type { Run as CardRun } from "../candling_webgpu.js";
import type { Backend, Method, ResolvedTarget } from "../protocol.js";
import { instead, inTime, release } from "./card.js";
import { using } from "./failure.js";

/** An input tensor, 1×3×height×width, outside the wasm. */
export interface Input {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** What a forward pass left: on the processor, or on a card, and then its input beside it. */
export type Source = Run | { readonly card: CardRun; readonly input: Input };

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
    this.#cpu = "card" in source ? undefined : source;
    this.top = top;
  }

  get input(): Input {
    if ("card" in this.#source) return this.#source.input;
    const [height = 0, width = 0] = this.#source.inputSize();
    return { data: this.#source.input(), height, width };
  }

  /** The run on the processor. `onForward` is told if that takes a pass. */
  cpu(engine: Engine, onForward: () => void): Run {
    if (this.#cpu === undefined && "card" in this.#source) {
      const { data, height, width } = this.#source.input;
      this.#cpu = using(engine.prepareTensor(data, height, width), (input) => engine.forward(input));
      onForward();
    }
    return this.#cpu as Run;
  }

  /** `onLost` is told what the card threw, if it failed and the processor answers. */
  async explain(
    { method, target, layer, counterfactual }: Question,
    cpu: () => Run,
    onLost: (thrown: unknown) => void,
  ): Promise<{ explanation: Explanation; backend: Backend }> {
    const question = [method, target.class, target.over, layer, counterfactual] as const;
    const onCpu = () => ({ explanation: cpu().explain(...question), backend: "cpu" }) as const;
    if (!("card" in this.#source) || this.#failed) return onCpu();
    const { card } = this.#source;
    const onCard = async () => ({ explanation: await inTime(card.explain(...question)), backend: "webgpu" }) as const;
    return instead<{ explanation: Explanation; backend: Backend }>(onCard, onCpu, (thrown) => {
      this.#failed = true;
      onLost(thrown);
    });
  }

  free(): void {
    this.#cpu?.free();
    if ("card" in this.#source) release(this.#source.card);
  }
}
