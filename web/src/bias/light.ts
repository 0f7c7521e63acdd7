/** Step 3: show the maps, to see what the model looked at. */
import { byId, context2d } from "../dom/page.js";
import { percent } from "../words/numbers.js";
import { sentence } from "../words/sentence.js";
import { showMessage } from "../dom/message.js";
import { examine } from "./examine.js";
import type { Mask } from "./mask.js";
import { fillMeter, scoreOf, share } from "./score.js";
import { LessonSheet, type Shot } from "./sheet.js";
import { type CountProgress, LessonStep } from "./step.js";
import type { Story } from "./story.js";
import { itemAt } from "../platform/known.js";

/** Longest side of the large picture, in pixels of its canvas. */
const LARGE = 640;

export class Light extends LessonStep {
  readonly #story: Story;
  /** The sheets of the previous steps, which have findings already. */
  readonly #asked: readonly LessonSheet[];
  readonly #sheet: LessonSheet;
  readonly #canvas = byId("light-map", HTMLCanvasElement);
  readonly #outline = byId("light-outline", HTMLCanvasElement);
  readonly #reading = byId("light-reading", HTMLElement);
  #latest: Shot | undefined;
  /** Aborted by the next question. */
  #looking = new AbortController();

  constructor(story: Story, asked: readonly LessonSheet[]) {
    super("light");
    this.#story = story;
    this.#asked = asked;
    this.#sheet = new LessonSheet(byId("light-sheet", HTMLElement), (shot) => void this.#look(shot));
    this.#sheet.fill(story.pictures.of("test_swapped"), story.pictures.classes);
    byId("light-animal", HTMLInputElement).addEventListener("input", ({ target }) => {
      this.#outline.hidden = !(target as HTMLInputElement).checked;
    });
  }

  protected override async work(_progress: CountProgress, signal: AbortSignal): Promise<void> {
    for (const sheet of this.#asked) sheet.light();
    const swapped = this.#asked.at(-1)?.shots ?? [];
    this.#sheet.asked = this.#story.biased?.candling;
    for (const [at, shot] of this.#sheet.shots.entries()) {
      const before = swapped[at];
      shot.find(before?.finding);
      if (before === undefined) continue;
      context2d(shot.lit).drawImage(before.lit, 0, 0, shot.lit.width, shot.lit.height);
      shot.lit.dataset.colours = before.lit.dataset.colours;
    }
    this.#sheet.light();
    const { trainer } = this.#story;
    const findings = this.#asked.flatMap(({ findings }) => findings);
    const all = await scoreOf(trainer, findings);
    const mistakes = await scoreOf(
      trainer,
      findings.filter(({ correct }) => !correct),
    );
    signal.throwIfAborted();
    fillMeter(byId("light-score", HTMLElement), all.evidence, all.evenly);
    fillMeter(byId("light-wrong", HTMLElement), mistakes.evidence, mistakes.evenly);
    // the most confident mistake whose evidence is on the background
    const wrong = this.#sheet.shots.filter(({ finding }) => finding?.correct === false);
    const misled = ({ finding }: Shot) => (1 - (finding?.evidence ?? 1)) * (finding?.probability ?? 0);
    const worst = [...(wrong.length > 0 ? wrong : this.#sheet.shots)].sort(
      (a, b) => misled(b) - misled(a),
    )[0];
    if (worst !== undefined) await this.#look(worst);
    if (mistakes.evidence !== undefined) {
      const around = mistakes.evidence.mean < mistakes.evenly ? " It went by what stands around it." : "";
      this.conclude(
        `Where it was wrong, ${share(mistakes.evidence.mean)} of the evidence lies on the animal.${around}`,
      );
    }
  }

  /** The sheet of its photos. */
  get sheet(): LessonSheet {
    return this.#sheet;
  }

  /** Repaints the last photo in the current colours. */
  async repaint(): Promise<void> {
    if (this.#latest !== undefined) await this.#look(this.#latest);
  }

  async #look(shot: Shot): Promise<void> {
    const { biased, pictures } = this.#story;
    if (biased === undefined || shot.finding === undefined) return;
    this.#latest = shot;
    this.#looking.abort();
    this.#looking = new AbortController();
    const { signal } = this.#looking;
    this.#sheet.choose(shot);
    const { finding, picture } = shot;
    try {
      await examine(biased.candling, picture.photo, { signal, place: { canvas: this.#canvas, size: LARGE } });
      const mask = await picture.mask();
      if (signal.aborted) return;
      drawOutline(this.#outline, mask);
    } catch (error) {
      // a model that was retrained meanwhile answers no more
      if (!signal.aborted && biased === this.#story.biased) showMessage(sentence(error));
      return;
    }
    const { classes } = pictures;
    const on = finding.evidence;
    const animal = itemAt(classes, picture.label);
    const verdict = `It says ${itemAt(classes, finding.predicted)}, ${percent(finding.probability)}, of a ${animal} on ${picture.background}.`;
    this.#reading.textContent =
      on === undefined
        ? `${verdict} Nothing in this layer spoke for it.`
        : `${verdict} ${percent(on)} of the evidence lies on the ${animal}, the rest around it.`;
    this.#canvas.ariaLabel = this.#reading.textContent;
    Object.assign(this.#canvas.dataset, { name: picture.name, evidence: on ?? "" });
  }
}

/** Draws the outline of a region, at the mask's own size. */
function drawOutline(canvas: HTMLCanvasElement, { width, height, data }: Mask): void {
  Object.assign(canvas, { width, height });
  const context = context2d(canvas);
  context.fillStyle = "#8fd3ff";
  const inside = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < height && data[y * width + x] === 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (inside(x, y) && !(inside(x - 1, y) && inside(x + 1, y) && inside(x, y - 1) && inside(x, y + 1)))
        context.fillRect(x, y, 1, 1);
    }
  }
}
