/** Parts of an address that only the network can check: classes, layers, colours. */
import type { Candling } from "../candling.js";
import { type Asked, indexOf, oneOf, refused, type State } from "./permalink.js";
import { stagesOf } from "./stages.js";

export interface Resolved {
  readonly target: number | undefined;
  readonly over: number | undefined;
  /** Parts that cannot be followed, with reasons. */
  readonly wrong: readonly string[];
}

export async function resolve({ state, target, over, wrong }: Asked, candling: Candling): Promise<Resolved> {
  const { info, colormaps } = candling;
  const all = [...wrong];
  const classOf = async (name: string, given: string | undefined) => {
    if (given === undefined) return undefined;
    try {
      return await candling.findClass(given);
    } catch (error) {
      all.push(refused(name, given, error instanceof Error ? error.message : String(error)));
      return undefined;
    }
  };
  const expect = (name: string, given: string | undefined, known: readonly string[], why: string) => {
    if (given !== undefined && !known.includes(given)) all.push(refused(name, given, why));
  };
  const layers = info.layers.filter(({ height, width }) => height * width > 1).map(({ name }) => name);
  const stages = stagesOf(info).map(({ name }) => name);
  expect("layer", state.layer, layers, `there is no such layer; the last one is ${info.defaultLayer}`);
  expect("stage", state.stage, stages, oneOf(stages));
  expect("colours", state.colormap, colormaps, oneOf(colormaps));
  const { forgotten = 0 } = state;
  if (forgotten > info.weighted.length)
    all.push(
      refused("forgotten", String(forgotten), `there are ${info.weighted.length} layers with weights`),
    );
  const [a, b] = [await classOf("class", target), await classOf("over", over)];
  return { target: a, over: b, wrong: all };
}

/** The state that holds before the network is loaded: classes by index need no network. */
export function stateWithoutNetwork({ state, target, over }: Asked): State {
  const [a, b] = [indexOf(target), indexOf(over)];
  return { ...state, ...(a === undefined ? {} : { target: a }), ...(b === undefined ? {} : { over: b }) };
}
