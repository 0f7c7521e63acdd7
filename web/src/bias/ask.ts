/** A model is asked about every picture of a sheet. */
import type { Candling } from "../candling.js";
import { examine, type Finding } from "./examine.js";
import { THUMB, type Shot } from "./sheet.js";
import type { Trainer } from "./trainer.js";

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
    const finding = await examine(candling, trainer, { photo, label }, [await mask()], { size: THUMB, canvas: shot.lit, signal });
    shot.find(finding);
    findings.push(finding);
    onShot(findings.length);
  }
  return findings;
}
