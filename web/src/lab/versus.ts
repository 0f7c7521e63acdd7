/** Experiment "Why this and not that?": two maps of one photo in one scale, and a divider between them. */
import { type Explanation, type ExplainOptions, paint } from "../candling.js";
import { whereabouts } from "../words/maps.js";
import { number } from "../words/numbers.js";
import { sidesOf } from "../words/sides.js";
import { sentence } from "../words/sentence.js";
import { Combobox } from "./combobox.js";
import { byId, check, found, make, context2d, radios, replaceItems } from "../dom/page.js";
import { Experiment, type LabState } from "./experiment.js";
import { announceDebounced } from "../dom/message.js";
import type { State } from "./permalink.js";
import type { Settings } from "./settings.js";
import { itemAt } from "../platform/known.js";

/** Number of classes that can be chosen with one press. */
const CHIPS = 5;

type Pair = "evidence" | "margin" | "against";

/** The methods of both sides; `a` and `b` are classes. */
const pairs: Record<
  Pair,
  (
    a: number,
    b: number,
  ) => readonly [
    Pick<ExplainOptions, "target" | "counterfactual">,
    Pick<ExplainOptions, "target" | "counterfactual">,
  ]
> = {
  evidence: (a, b) => [{ target: a }, { target: b }],
  // the counterfactual of the margin is what speaks for B over A: with less of it, A would win by more
  margin: (a, b) => [
    { target: { class: a, over: b } },
    { target: { class: a, over: b }, counterfactual: true },
  ],
  against: (a, b) => [
    { target: a, counterfactual: true },
    { target: b, counterfactual: true },
  ],
};

/** Explanations; `here` and `there` are the sides of A and B. */
const abouts: Record<Pair, (a: string, b: string, here: string, there: string) => string> = {
  evidence: (a, b, here, there) =>
    `${here} of the divider what speaks for ${a}, ${there} of it what speaks for ${b}: Grad-CAM of each class by itself. What both share is lit on both sides.`,
  margin: (a, b, here, there) =>
    `${here} what speaks for ${a} rather than ${b}, ${there} what speaks for ${b} rather than ${a}: Grad-CAM of the difference of the two scores. What both share cancels out.`,
  against: (a, b, here, there) =>
    `${here} what speaks against ${a}, ${there} what speaks against ${b}: the counterfactuals, what holds each score down as far as the gradient tells.`,
};

export class Versus extends Experiment {
  readonly #settings: Settings;
  readonly #ask: (target: number) => void;
  readonly #canvases = [byId("versus-a", HTMLCanvasElement), byId("versus-b", HTMLCanvasElement)] as const;
  readonly #ramp = byId("versus-ramp", HTMLCanvasElement);
  readonly #divider = byId("divider", HTMLInputElement);
  readonly #chips = byId("other-chips", HTMLElement);
  readonly #search: Combobox;
  readonly #pair: () => string;
  readonly #figure = byId("divided", HTMLElement);
  /** The class of B; undefined for the likeliest other one. */
  other: number | undefined;
  /** Whether A is on the right. */
  #flipped = false;
  /** The classes on the left and on the right. */
  #seen: readonly number[] = [];
  /** Whether the visitor has changed something here, so that the result is announced; otherwise it is not. */
  #isAsked = false;
  /** Whether the divider's position comes from a link: it is shown there first, as its author saw it. */
  #isLinked = false;
  /** Whether the visitor has moved the divider. */
  #isMoved = false;
  /** The latest maps. */
  #maps:
    | {
        readonly maps: readonly Explanation[];
        readonly pair: Pair;
        readonly names: readonly [string, string];
        readonly classes: readonly [number, number];
      }
    | undefined;

  /** `ask` makes another class the page's own, which is A. */
  constructor(settings: Settings, ask: (target: number) => void) {
    super("versus");
    this.#settings = settings;
    this.#ask = ask;
    this.#pair = radios("versus-pair", () => {
      this.#isAsked = true;
      this.onSet();
      this.again();
    });
    const choose = (index: number) => this.#choose(index);
    this.#search = new Combobox("other", "others", choose, (query) => {
      void this.attempt(async ({ candling }) => {
        choose(await candling.findClass(query));
        this.#search.clear();
      });
    });
    this.#chips.addEventListener("click", ({ target }) => {
      const button = target instanceof HTMLElement ? target.closest("button") : null;
      if (button !== null) choose(Number(button.dataset.class));
    });
    byId("swap", HTMLButtonElement).addEventListener("click", () => {
      const { shown } = this;
      if (shown === undefined) return;
      const [a, b] = [shown.target, this.#against(shown)];
      this.other = a;
      this.#isAsked = true;
      this.onSet();
      this.#ask(b);
    });
    this.#divider.addEventListener("input", () => {
      this.#isMoved = true;
      this.#cut();
      this.onSet();
    });
    this.#cut();
  }

  override get state(): State {
    return {
      ...(this.#pair() === "evidence" ? {} : { pair: this.#pair() }),
      ...(this.#isMoved ? { divider: Number(this.#divider.value) } : {}),
    };
  }

  override restore({ pair, divider, over }: State): void {
    check("versus-pair", pair);
    this.other = over;
    if (divider === undefined) return;
    this.#divider.value = String(divider);
    this.#isMoved = true;
    this.#isLinked = true;
    this.#cut();
  }

  override forget(): void {
    this.other = undefined;
    this.#isMoved = false;
    this.#seen = [];
  }

  protected async show(shown: LabState, signal: AbortSignal): Promise<void> {
    const { run, labels, target } = shown;
    const other = this.#against(shown);
    const pair = this.#pair() as Pair;
    const names = [itemAt(labels, target), itemAt(labels, other)] as const;
    this.#name(shown, other);
    const { layer } = this.#settings;
    const maps: Explanation[] = [];
    for (const question of pairs[pair](target, other))
      maps.push(await run.explain({ method: "grad-cam", layer, signal, ...question }));
    this.#maps = { maps, pair, names, classes: [target, other] };
    this.#arrange(maps);
    const [here, there] = this.#flipped ? ["Right", "left"] : ["Left", "right"];
    // two classes share little: a head that separates them has opposite weights for them
    const only =
      shown.labels.length === 2
        ? " Of two classes in all, what speaks for one mostly speaks against the other: where one is lit, the other is dark."
        : "";
    const sides = this.#flipped ? [other, target] : [target, other];
    const isTurned = sides.every((index, side) => index === this.#seen[1 - side]);
    this.#seen = sides;
    const about = `${isTurned ? "The sides have changed. " : ""}${abouts[pair](...names, here, there)}${only}`;
    byId("versus-about", HTMLElement).textContent = about;
    await this.paint(shown, signal);
    if (!this.#isAsked || signal.aborted) return;
    this.#isAsked = false;
    announceDebounced([about, ...this.#canvases.map(({ ariaLabel }) => ariaLabel)].join(" "));
  }

  protected override async paint({ candling }: LabState, signal: AbortSignal): Promise<void> {
    if (this.#maps === undefined) return;
    const { maps, pair, names, classes } = this.#maps;
    const { colours } = this.#settings;
    // one scale for both, as otherwise the weaker one would look as strong
    const most = Math.max(...maps.map(({ max }) => max));
    const scale = most > 0 ? { scale: most } : {};
    await Promise.all(
      maps.map(async (map, side) => {
        const canvas = this.#canvases[side as 0 | 1];
        if (!(await paint(canvas, map, { ...colours, ...scale, signal }))) return;
        canvas.ariaLabel = describe(pair, side, names, map);
        Object.assign(canvas.dataset, { target: classes[side as 0 | 1], pair, max: map.max, scale: most });
      }),
    );
    const ramp = await candling.ramp({
      ...colours,
      width: this.#ramp.width,
      height: this.#ramp.height,
      signal,
    });
    const context = context2d(this.#ramp);
    context.clearRect(0, 0, this.#ramp.width, this.#ramp.height);
    context.drawImage(ramp, 0, 0);
    ramp.close();
    const output = byId("versus-max", HTMLOutputElement);
    output.textContent = most > 0 ? number(most) : "nothing";
    this.#ramp.setAttribute(
      "aria-label",
      `Colour scale of both maps, from 0 to ${output.textContent}, in units of the score`,
    );
  }

  #choose(other: number): void {
    const { shown } = this;
    if (other === shown?.target)
      return this.say(
        sentence(`${shown.labels[other] ?? "this"} is A already; choose another class to compare it with`),
      );
    this.other = other;
    this.#isAsked = true;
    this.onSet();
    this.again();
  }

  /**
   * Puts each map on the side of the divider where its evidence lies, and the divider where both are visible.
   */
  #arrange(maps: readonly Explanation[]): void {
    const { clientWidth: width, clientHeight: height } = this.#figure;
    const kept = this.#isMoved ? Number(this.#divider.value) : undefined;
    const best = sidesOf(maps, { width, height }, kept);
    const { flipped } = best;
    const cut = this.#isLinked && kept !== undefined ? kept : best.cut;
    this.#isLinked = false;
    this.#isMoved &&= cut === kept;
    this.#flipped = flipped;
    this.#figure.classList.toggle("flipped", flipped);
    this.#divider.value = String(cut);
    this.#cut();
  }

  /** The class that A is compared with. */
  #against({ run, target }: LabState): number {
    // a link may name a class that this network does not have
    const { other = Number.POSITIVE_INFINITY } = this;
    if (other < run.predictions.length && other !== target) return other;
    return run.predictions.find(({ index }) => index !== target)?.index ?? target;
  }

  #name({ run, labels, target }: LabState, other: number): void {
    this.#search.classes = run.predictions.filter(({ index }) => index !== target);
    found(this.section, "#versus-a-name bdi", HTMLElement).textContent = itemAt(labels, target);
    const what = this.#pair() === "against" ? "against " : "";
    byId("tag-a", HTMLElement).textContent = `${what}${itemAt(labels, target)}`;
    byId("tag-b", HTMLElement).textContent = `${what}${itemAt(labels, other)}`;
    const offered = run.predictions.filter(({ index }) => index !== target).slice(0, CHIPS - 1);
    const chosen = run.predictions.find(({ index }) => index === other);
    if (chosen !== undefined && !offered.includes(chosen)) offered.push(chosen);
    replaceItems(
      this.#chips,
      offered.map(({ index, label }) => {
        const chip = make(
          "button",
          { type: "button", ariaPressed: String(index === other) },
          make("bdi", {}, label),
        );
        chip.dataset.class = String(index);
        return chip;
      }),
    );
  }

  #cut(): void {
    this.#figure.style.setProperty("--cut", `${this.#divider.value}%`);
    const [left, right] = this.#flipped ? ["B", "A"] : ["A", "B"];
    this.#divider.ariaValueText = `${this.#divider.value} per cent: ${left} to the left, ${right} to the right`;
  }
}

function describe(pair: Pair, side: number, names: readonly [string, string], map: Explanation): string {
  const [mine, theirs] = side === 0 ? names : [names[1], names[0]];
  const title = { evidence: "Grad-CAM", margin: "Grad-CAM of the margin", against: "Counterfactual" }[pair];
  const what = {
    evidence: `speaks for ${mine}`,
    margin: `speaks for ${mine} rather than ${theirs}`,
    against: `speaks against ${mine}`,
  }[pair];
  return `${title}: what ${what}. ${whereabouts(what, map)} Maximum ${number(map.max)}.`;
}
