/** Step 1: train, and test on photos like the training photos. */
import { byId } from "../dom/page.js";
import { askAll } from "./ask.js";
import { fillMeter, scoreOf } from "./score.js";
import { LessonSheet } from "./sheet.js";
import { type CountProgress, LessonStep } from "./step.js";
import type { Story } from "./story.js";
import { TrainingFigure } from "./training.js";

export class Teach extends LessonStep {
  readonly #story: Story;
  readonly #figure = new TrainingFigure("teach");
  /** The sheet of test photos. */
  readonly like = new LessonSheet(byId("like-sheet", HTMLElement));

  constructor(story: Story) {
    super("teach");
    this.#story = story;
    const { pictures } = story;
    for (const [label, id] of ["teach-birds", "teach-mammals"].entries()) {
      const sheet = new LessonSheet(byId(id, HTMLElement));
      sheet.fill(
        pictures.of("train_biased").filter((picture) => picture.label === label),
        pictures.classes,
      );
    }
    this.like.fill(pictures.of("test_same"), pictures.classes);
  }

  protected override async work(progress: CountProgress, signal: AbortSignal): Promise<void> {
    const { pictures, classroom, trainer } = this.#story;
    const watch = this.#figure.watch((words) => this.tell(words), progress);
    const student = await classroom.teach(
      "biased",
      pictures.classes,
      pictures.of("train_biased"),
      watch,
      signal,
    );
    this.#story.biased?.candling.close();
    this.#story.biased = student;
    this.#figure.report(student);
    const { shots } = this.like;
    const findings = await askAll(
      student.candling,
      trainer,
      this.like,
      (done) => {
        progress(done, shots.length);
        this.tell(`Asking it about new photos: ${done} of ${shots.length}`);
      },
      signal,
    );
    fillMeter(byId("like-score", HTMLElement), (await scoreOf(trainer, findings)).accuracy);
    const right = findings.filter(({ correct }) => correct).length;
    this.conclude(`${right} of ${findings.length} new photos right. Would you trust it?`);
  }
}
