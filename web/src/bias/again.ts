/** Step 5: teach it again, ask it the same, and compare. */
import { byId } from "../dom/page.js";
import { askAll } from "./ask.js";
import type { Compare } from "./compare.js";
import type { Finding } from "./ask.js";
import { fillMeter, scoreOf, share } from "./score.js";
import type { Sheet } from "./sheet.js";
import { type Progress, Step } from "./step.js";
import type { Story } from "./story.js";
import { TrainingFigure } from "./training.js";

/** Findings of a model on photos like its own, and on those elsewhere. */
type Both = readonly [like: readonly Finding[], swapped: readonly Finding[]];

export class Again extends Step {
  readonly #story: Story;
  readonly #asked: readonly [like: Sheet, swapped: Sheet];
  readonly #compare: Compare;
  readonly #figure = new TrainingFigure("again");

  /** `asked` has what the biased model said. */
  constructor(story: Story, asked: readonly [like: Sheet, swapped: Sheet], compare: Compare) {
    super("again");
    this.#story = story;
    this.#asked = asked;
    this.#compare = compare;
  }

  protected override async work(progress: Progress, signal: AbortSignal): Promise<void> {
    const { pictures, classroom, trainer, lesson } = this.#story;
    const watch = this.#figure.watch((words) => this.tell(words), progress);
    const student = await classroom.teach("mended", pictures.classes, lesson, watch, signal);
    this.#story.mended?.candling.close();
    this.#story.mended = student;
    this.#figure.report(student);
    const { shots } = this.#compare;
    const findings = await askAll(student.candling, trainer, shots, (done) => {
      progress(done, shots.length);
      this.tell(`Asking it about all ${shots.length} test photos: ${done}`);
    }, signal);
    const [like, swapped]: Both = [this.#asked[0].findings, this.#asked[1].findings];
    const before = await this.#fill("biased", [like, swapped]);
    const after = await this.#fill("mended", [findings.slice(0, like.length), findings.slice(like.length)]);
    await this.#compare.begin([...like, ...swapped]);
    this.conclude(`The evidence on the animal went from ${share(before)} to ${share(after)}.`);
  }

  /** A column of the table; gives the share of evidence on the animals. */
  async #fill(column: "biased" | "mended", [like, swapped]: Both): Promise<number> {
    const { trainer } = this.#story;
    const [own, elsewhere, all] = await Promise.all([like, swapped, [...like, ...swapped]].map((findings) => scoreOf(trainer, findings)));
    fillMeter(byId(`${column}-like`, HTMLElement), own?.accuracy);
    fillMeter(byId(`${column}-swapped`, HTMLElement), elsewhere?.accuracy);
    fillMeter(byId(`${column}-evidence`, HTMLElement), all?.evidence);
    return all?.evidence?.mean ?? 0;
  }
}
