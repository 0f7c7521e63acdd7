/** Experiment "See the machine": what runs, how long it took, and whether its mathematics holds. */
import type { Candling } from "../candling.js";
import { megabytes } from "../words/numbers.js";
import { BackendSwitch } from "./backend-switch.js";
import { byId, found, make } from "../dom/page.js";
import { Experiment, type LabState } from "./experiment.js";

const names: Readonly<Record<string, string>> = {
  "cam-is-grad-cam": "CAM, its negatives cut off, is Grad-CAM times the number of cells",
  "cam-is-hires-cam": "CAM, its negatives cut off, is HiResCAM times the number of cells",
  "hires-cam-sums-to-logit": "HiResCAM, before anything is cut off, sums up to the score without its bias",
  "counterfactual-is-negative": "The counterfactual is the negative half of the signed map",
  adjoint: "Forward and backward kernels of every layer are adjoint: ⟨f(x), dy⟩ = ⟨x, fᵀ(dy)⟩",
  "margin-is-difference": "The gradient of a margin is the difference of the gradients",
};

const builds = {
  simd128: "WebAssembly, 128-bit vectors",
  "relaxed-simd": "WebAssembly, fused multiply-add",
  threads: "WebAssembly, fused multiply-add, threads",
} as const;

export class Machine extends Experiment {
  readonly #facts = byId("facts", HTMLElement);
  readonly #table = byId("identities", HTMLTableElement);
  readonly #button = byId("self-test", HTMLButtonElement);

  /** The switch between CPU and GPU. */
  readonly backend: BackendSwitch;

  constructor(network: Promise<Candling>) {
    super("machine");
    this.backend = new BackendSwitch(network);
    this.#button.addEventListener("click", () => {
      // not `disabled`: what has the focus keeps it
      if (this.#button.ariaDisabled === "true") return;
      this.#button.ariaDisabled = "true";
      void this.attempt((shown, signal) => this.#test(shown, signal)).finally(
        () => (this.#button.ariaDisabled = "false"),
      );
    });
  }

  protected async show({ candling, run }: LabState): Promise<void> {
    this.#table.hidden = true;
    const { info } = candling;
    const stats = await candling.stats();
    const facts = {
      model: info.name,
      sees: `${run.inputWidth}×${run.inputHeight} pixels`,
      layers: `${info.layers.length}, ${info.weighted.length} with weights`,
      runs: `${builds[info.build]}${threadsText(info.threads, run.backend === "cpu" ? stats.threads : info.threads)}${run.backend === "webgpu" ? ", and WebGPU" : ""}`,
      ...(info.failed.length === 0
        ? {}
        : {
            "could not start": info.failed
              .map(({ build, reason }) => `${builds[build]} (${reason})`)
              .join("; "),
          }),
      "peak memory": `${megabytes(stats.memory)} MB`,
      loaded: `${megabytes(stats.bytes + ownBytes())} MB`,
      "forward passes": String(stats.forwards),
      explanations: String(stats.explanations),
    };
    this.#facts.replaceChildren(
      ...Object.entries(facts).map(([name, value]) =>
        make("div", {}, make("dt", {}, name), make("dd", {}, value)),
      ),
    );
    Object.assign(this.#facts.dataset, {
      memory: stats.memory,
      bytes: stats.bytes + ownBytes(),
      build: info.build,
    });
  }

  async #test({ run, target }: LabState, signal: AbortSignal): Promise<void> {
    const identities = await run.identities({ target, signal });
    if (signal.aborted) return;
    found(this.#table, "tbody", HTMLElement).replaceChildren(
      ...identities.map(({ name, residual, bound, layer }) => {
        const holds = residual <= bound;
        const row = make(
          "tr",
          {},
          make("th", { scope: "row" }, names[name] ?? name),
          make("td", {}, scientific(residual), ...(layer === undefined ? [] : [` at ${layer}`])),
          make("td", {}, scientific(bound)),
          make("td", {}, holds ? "✓ holds" : "✗ does not hold"),
        );
        Object.assign(row.dataset, { identity: name, residual, bound, holds });
        return row;
      }),
    );
    this.#table.hidden = false;
    const broken = identities.filter(({ residual, bound }) => !(residual <= bound)).length;
    const where =
      run.backend === "webgpu"
        ? " They are the processor's; the graphics card's maps are compared with PyTorch's before a release."
        : "";
    this.say(
      broken === 0
        ? `All ${identities.length} identities hold.${where}`
        : `${broken} of ${identities.length} identities do not hold: do not trust this page's maps, and tell us.`,
    );
  }
}

/** The number of threads, and whether the last forward pass left them idle. */
function threadsText(there: number, used: number): string {
  if (there === 1) return "";
  return used > 1 ? `, ${there} of them` : `, ${there} of them, resting: one is faster now`;
}

/** Bytes that the page itself has loaded; the worker counts its own. */
function ownBytes(): number {
  const size = ({ encodedBodySize, decodedBodySize }: PerformanceResourceTiming) =>
    encodedBodySize || decodedBodySize;
  const entries = [
    ...performance.getEntriesByType("navigation"),
    ...performance.getEntriesByType("resource"),
  ];
  return (entries as PerformanceResourceTiming[]).reduce((sum, entry) => sum + size(entry), 0);
}

function scientific(value: number): string {
  return value === 0
    ? "0"
    : value
        .toExponential(1)
        .replace("e-", "·10⁻")
        .replace(/(?<=⁻)\d+/, (digits) => [...digits].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join(""));
}
