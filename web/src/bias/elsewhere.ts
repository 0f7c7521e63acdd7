/** Step 2: the same animals, somewhere else. */
import { byId } from "../dom/page.js";
import { askAll } from "./ask.js";
import { fillMeter, scoreOf } from "./score.js";
import { LessonSheet } from "./sheet.js";
import { type CountProgress, LessonStep } from "./step.js";
import type { Story } from "./story.js";
import { itemAt } from "../platform/known.js";

export class Elsewhere extends LessonStep {
  readonly #story: Story;
  readonly sheet = new LessonSheet(byId("swapped-sheet", HTMLElement));

  constructor(story: Story) {
    super("elsewhere");
    this.#story = story;
    this.sheet.fill(story.pictures.of("test_swapped"), story.pictures.classes);
  }

  protected override async work(progress: CountProgress, signal: AbortSignal): Promise<void> {
    const { biased, trainer, pictures } = this.#story;
    if (biased === undefined) return;
    const { shots } = this.sheet;
    const findings = await askAll(
      biased.candling,
      trainer,
      this.sheet,
      (done) => {
        progress(done, shots.length);
        this.tell(`Asking it: ${done} of ${shots.length}`);
      },
      signal,
    );
    const of = (label?: number) =>
      findings.filter((_, at) => label === undefined || shots[at]?.picture.label === label);
    for (const [id, label] of [
      ["swapped-score", undefined],
      ["swapped-birds", 0],
      ["swapped-mammals", 1],
    ] as const) {
      fillMeter(byId(id, HTMLElement), (await scoreOf(trainer, of(label))).accuracy);
    }
    const right = findings.filter(({ correct }) => correct).length;
    // the most frequent answer is the first hint at what the model goes by
    const counts = pictures.classes.map(
      (_, index) => findings.filter(({ predicted }) => predicted === index).length,
    );
    const most = counts.indexOf(Math.max(...counts));
    this.conclude(
      `${right} of ${findings.length} right, and the animals are the same. It says “${itemAt(pictures.classes, most)}” of ${itemAt(counts, most)} of them.`,
    );
  }
}
