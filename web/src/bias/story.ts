/** The state that the steps of the lesson share. */
import type { Trainer } from "./trainer.js";
import type { Classroom, Student } from "./classroom.js";
import type { LessonPicture, Pictures } from "./pictures.js";

export interface Story {
  readonly pictures: Pictures;
  readonly trainer: Trainer;
  readonly classroom: Classroom;
  /** The model trained on pictures in which the background predicts the class. */
  biased: Student | undefined;
  /** The model trained with counter-examples. */
  mended: Student | undefined;
  /** The training set of the next training. */
  lesson: readonly LessonPicture[];
}
