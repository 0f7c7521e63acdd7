/**
 * A kept run: its input, and what ran it. What the processor alone can do, and what a card failed to, is done
 * by a run of the processor, which is made from the input when it is first needed. So is what was let go of,
 * to make room for other runs (`runs.ts`).
 */
import type { Engine, Explanation, Prepared, Run } from "../candling_wasm.js";
import type { Run as CardRun } from "../candling_webgpu.js";
import type { Backend, Method, ResolvedTarget } from "../protocol.js";
import { type Card, instead, inTime, release } from "./card.js";
import { using } from "./failure.js";

/** Size of an input in pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** An input tensor, 1×3×height×width, outside the wasm. */
export interface Input extends Size {
  readonly data: Float32Array;
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
  /** Size of its input. */
  readonly size: Size;
  /** Index of its best class. */
  readonly top: number;
  /** The card that ran it. */
  readonly #of: Card | undefined;
  #card: CardRun | undefined;
  #cpu: Run | undefined;
  /** Outside of what ran it: there from the start where that was a card, else from when it was let go. */
  #input: Input | undefined;
  #failed = false;

  constructor(source: Source, size: Size, top: number) {
    this.size = size;
    if ("of" in source) {
      this.#of = source.of;
      this.#card = source.run;
      this.#input = source.input;
    } else {
      this.#cpu = source;
    }
    this.top = top;
  }

  get input(): Input {
    if (this.#input !== undefined) return this.#input;
    return { data: (this.#cpu as Run).input(), ...this.size };
  }

  /** Whether it has its activations, on the processor or on a card. */
  get isHeld(): boolean {
    return this.#cpu !== undefined || this.#card !== undefined;
  }

  /** The run on the processor. `onForward` is told before that takes a pass. */
  cpu(engine: Engine, onForward: () => void): Run {
    if (this.#cpu !== undefined) return this.#cpu;
    const { data, height, width } = this.input;
    onForward();
    this.#cpu = using(engine.prepareTensor(data, height, width), (input) => engine.forward(input));
    return this.#cpu;
  }

  /**
   * `onForward` is told before the card has to run it once more, `onLost` what which card threw, if it failed
   * and the processor answers.
   */
  async explain(
    { method, target, layer, counterfactual }: Question,
    cpu: () => Run,
    onForward: () => void,
    onLost: (thrown: unknown, of: Card) => void,
  ): Promise<{ explanation: Explanation; backend: Backend }> {
    const question = [method, target.class, target.over, layer, counterfactual] as const;
    const onCpu = () => ({ explanation: cpu().explain(...question), backend: "cpu" }) as const;
    const of = this.#of;
    if (of === undefined || this.#failed) return onCpu();
    const onCard = async () => {
      if (this.#card === undefined) {
        const { data, height, width } = this.input;
        onForward();
        this.#card = await inTime(of.engine.forward(data, height, width));
      }
      return { explanation: await inTime(this.#card.explain(...question)), backend: "webgpu" } as const;
    };
    return instead<{ explanation: Explanation; backend: Backend }>(onCard, onCpu, (thrown) => {
      this.#failed = true;
      onLost(thrown, of);
    });
  }

  /**
   * Gives up its activations. They are computed again when they are asked for: the input stays, which is a
   * fiftieth of them.
   */
  letGo(): void {
    this.#input = this.input;
    this.free();
  }

  free(): void {
    this.#cpu?.free();
    this.#cpu = undefined;
    release(this.#card);
    this.#card = undefined;
  }
}
