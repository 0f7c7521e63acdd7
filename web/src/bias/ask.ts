/** A model is asked about every picture of a sheet. */
import type { Candling } from "../candling.js";
import { evidenceIn, examine } from "./examine.js";
import { THUMB, type Shot } from "./sheet.js";
import type { Trainer } from "./trainer.js";

/** What came of it. */
export interface Finding {
  /** Index of the likeliest class, and its softmax probability, 0 to 1. */
  readonly predicted: number;
  readonly probability: number;
  readonly correct: boolean;
  /** The share of Grad-CAM's evidence for what was predicted that lies on the animal, 0 to 1; undefined without evidence. */
  readonly evidence: number | undefined;
}

/** One after the other, each marked as soon as it is answered; `onShot` is told how many are. */
export async function askAll(
  candling: Candling,
  trainer: Trainer,
  shots: readonly Shot[],
  onShot: (done: number) => void,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  for (const shot of shots) shot.find(undefined);
  const findings: Finding[] = [];
  for (const shot of shots) {
    const { photo, label, mask } = shot.picture;
    const { predicted, probability, map } = await examine(candling, photo, signal, { canvas: shot.lit, size: THUMB });
    const finding = { predicted, probability, correct: predicted === label, evidence: await evidenceIn(trainer, map, await mask()) };
    shot.find(finding);
    findings.push(finding);
    onShot(findings.length);
  }
  return findings;
}
