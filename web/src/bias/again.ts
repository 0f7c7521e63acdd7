/** Step 5: retrain, ask the same questions, and compare; every attempt is kept in a plot. */
import { byId } from "../dom/page.js";
import { plot } from "../dom/plot.js";
import { askAll, type Finding } from "./ask.js";
import type { Compare } from "./compare.js";
import { fillMeter, scoreOf, share } from "./score.js";
import type { LessonSheet } from "./sheet.js";
import { type CountProgress, LessonStep } from "./step.js";
import type { Story } from "./story.js";
import { TrainingFigure } from "./training.js";

/**
 * The results of a model: accuracy on photos like the training photos and on swapped ones, and the share of
 * evidence on the animal.
 */
interface Outcome {
  readonly like: number;
  readonly elsewhere: number;
  readonly evidence: number;
}

export class Again extends LessonStep {
  readonly #story: Story;
  readonly #asked: readonly [like: LessonSheet, swapped: LessonSheet];
  readonly #compare: Compare;
  readonly #figure = new TrainingFigure("again");
  readonly #tries = byId("tries-plot", HTMLElement);
  /** Results by the number of swapped photos. */
  readonly #outcomes = new Map<number, Outcome>();

  /** `asked` has the answers of the biased model. */
  constructor(story: Story, asked: readonly [like: LessonSheet, swapped: LessonSheet], compare: Compare) {
    super("again");
    this.#story = story;
    this.#asked = asked;
    this.#compare = compare;
    this.#draw();
  }

  protected override async work(progress: CountProgress, signal: AbortSignal): Promise<void> {
    const { pictures, classroom, trainer, lesson } = this.#story;
    const swapped = lesson.filter((picture, at) => picture !== pictures.of("train_biased")[at]).length;
    const watch = this.#figure.watch((words) => this.tell(words), progress);
    const student = await classroom.teach("mended", pictures.classes, lesson, watch, signal);
    this.#story.mended?.candling.close();
    this.#story.mended = student;
    this.#figure.report(student);
    const { sheet } = this.#compare;
    const findings = await askAll(
      student.candling,
      trainer,
      sheet,
      (done) => {
        progress(done, sheet.shots.length);
        this.tell(`Asking it about all ${sheet.shots.length} test photos: ${done}`);
      },
      signal,
    );
    const [like, elsewhere] = this.#asked;
    const before = await this.#fill("biased", like.findings, elsewhere.findings);
    const after = await this.#fill(
      "mended",
      findings.slice(0, like.shots.length),
      findings.slice(like.shots.length),
    );
    this.#outcomes.set(0, before).set(swapped, after);
    this.#draw();
    await this.#compare.begin([...like.findings, ...elsewhere.findings]);
    const price =
      after.like < before.like
        ? ` The price: ${share(after.like)} instead of ${share(before.like)} on photos like the first ones.`
        : "";
    this.conclude(
      `Elsewhere ${share(after.elsewhere)} are right instead of ${share(before.elsewhere)}, with ${share(after.evidence)} of the evidence on the animal instead of ${share(before.evidence)}.${price}`,
    );
  }

  /** Fills a column of the table. */
  async #fill(
    column: "biased" | "mended",
    like: readonly Finding[],
    elsewhere: readonly Finding[],
  ): Promise<Outcome> {
    const of = (findings: readonly Finding[]) => scoreOf(this.#story.trainer, findings);
    const [own, other, all] = await Promise.all([of(like), of(elsewhere), of([...like, ...elsewhere])]);
    fillMeter(byId(`${column}-like`, HTMLElement), own.accuracy);
    fillMeter(byId(`${column}-swapped`, HTMLElement), other.accuracy);
    fillMeter(byId(`${column}-evidence`, HTMLElement), all.evidence, all.evenly);
    return {
      like: own.accuracy?.mean ?? 0,
      elsewhere: other.accuracy?.mean ?? 0,
      evidence: all.evidence?.mean ?? 0,
    };
  }

  #draw(): void {
    const tries = [...this.#outcomes].sort(([a], [b]) => a - b);
    const line = (name: string, value: (outcome: Outcome) => number) => ({
      name,
      points: tries.map(([swapped, outcome]) => [swapped, value(outcome)] as const),
    });
    const lines = [
      line("right elsewhere", ({ elsewhere }) => elsewhere),
      line("evidence on the animal", ({ evidence }) => evidence),
      line("right on photos like the first", ({ like }) => like),
    ];
    const told = tries.map(
      ([swapped, { elsewhere, evidence }]) =>
        `with ${swapped} photos swapped ${share(elsewhere)} right elsewhere and ${share(evidence)} of the evidence on the animal`,
    );
    plot(
      this.#tries,
      lines,
      tries.length === 0 ? "Nothing tried yet" : `What was tried: ${told.join("; ")}`,
      { most: 20, xName: "photos swapped", yName: "" },
    );
  }
}
