/** Questions to a model about every picture of a sheet. */
import type { Candling } from "../candling.js";
import { examine } from "./examine.js";
import { measureInside } from "./inside.js";
import { type LessonSheet, THUMB } from "./sheet.js";
import type { Trainer } from "./trainer.js";

/** The answer for one picture. */
export interface Finding {
  /** Index of the likeliest class, and its softmax probability, 0 to 1. */
  readonly predicted: number;
  readonly probability: number;
  readonly correct: boolean;
  /**
   * The share of Grad-CAM's evidence for the predicted class that lies on the animal, 0 to 1 (energy-based
   * pointing game); undefined without evidence.
   */
  readonly evidence: number | undefined;
  /** Baseline: the share that a uniform map would have. */
  readonly evenly: number;
}

/**
 * Asks one picture after the other, and marks each as soon as it is answered; `onShot` is called with their
 * number. A sheet that was not finished has no findings.
 */
export async function askAll(
  candling: Candling,
  trainer: Trainer,
  sheet: LessonSheet,
  onShot: (done: number) => void,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { shots } = sheet;
  sheet.asked = candling;
  for (const shot of shots) shot.find(undefined);
  const findings: Finding[] = [];
  try {
    for (const shot of shots) {
      const { photo, label, mask } = shot.picture;
      const { predicted, probability, map } = await examine(candling, photo, {
        signal,
        place: { canvas: shot.lit, size: THUMB },
      });
      const { share: evidence, evenly = 0 } = await measureInside(trainer, map, await mask());
      const finding = { predicted, probability, correct: predicted === label, evidence, evenly };
      shot.find(finding);
      findings.push(finding);
      onShot(findings.length);
    }
    return findings;
  } catch (error) {
    for (const shot of shots) shot.find(undefined);
    throw error;
  }
}
