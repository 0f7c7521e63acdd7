/** What the steps of the lesson hand on to each other. */
import type { Trainer } from "./trainer.js";
import type { Classroom, Student } from "./classroom.js";
import type { Picture, Pictures } from "./pictures.js";

export interface Story {
  readonly pictures: Pictures;
  readonly trainer: Trainer;
  readonly classroom: Classroom;
  /** Learnt from pictures in which the background gives the class away. */
  biased: Student | undefined;
  /** Learnt from those with counter-examples among them. */
  mended: Student | undefined;
  /** What the next training will learn from. */
  lesson: readonly Picture[];
}
