/** Step 2: the same animals, somewhere else. */
import { byId } from "../dom/page.js";
import { askAll } from "./ask.js";
import { fillMeter, scoreOf, share } from "./score.js";
import { Sheet } from "./sheet.js";
import { type Progress, Step } from "./step.js";
import type { Story } from "./story.js";

export class Elsewhere extends Step {
  readonly #story: Story;
  readonly sheet = new Sheet(byId("swapped-sheet", HTMLElement));

  constructor(story: Story) {
    super("elsewhere");
    this.#story = story;
    this.sheet.fill(story.pictures.of("test_swapped"), story.pictures.classes);
  }

  protected override async work(progress: Progress, signal: AbortSignal): Promise<void> {
    const { biased, trainer } = this.#story;
    if (biased === undefined) return;
    const { shots } = this.sheet;
    const findings = await askAll(biased.candling, trainer, shots, (done) => {
      progress(done, shots.length);
      this.tell(`Asking it: ${done} of ${shots.length}`);
    }, signal);
    const { accuracy } = await scoreOf(trainer, findings);
    fillMeter(byId("swapped-score", HTMLElement), accuracy);
    const right = accuracy?.mean ?? 0;
    this.conclude(right < 0.6 ? `${share(right)}: a coin would do as well. The animals are the same.` : `${share(right)} of them are right.`);
  }
}
