/** What a model's answers on some pictures come to, in words and as a bar. */
import { found } from "../dom/page.js";
import type { Mean } from "../trainer/messages.js";
import type { Finding } from "./ask.js";
import type { Trainer } from "./trainer.js";

export interface Score {
  /** The share that was right. */
  readonly accuracy: Mean | undefined;
  /** The share of evidence in the first mask. */
  readonly evidence: Mean | undefined;
}

export async function scoreOf(trainer: Trainer, findings: readonly Finding[]): Promise<Score> {
  const shares = findings.flatMap(({ evidence }) => evidence ?? []);
  const [accuracy, evidence] = await Promise.all([trainer.mean(findings.map(({ correct }) => Number(correct))), trainer.mean(shares)]);
  return { accuracy, evidence };
}

/** "44 %". */
export function share(value: number): string {
  return `${Math.round(100 * value)}\u00a0%`;
}

/** Fills a meter of the page: its number, its interval, and a bar with both. */
export function fillMeter(meter: HTMLElement, mean: Mean | undefined): void {
  const [number, interval] = [found(meter, "b", HTMLElement), found(meter, "small", HTMLElement)];
  if (mean === undefined) {
    number.textContent = "–";
    interval.textContent = "nothing to measure";
    return;
  }
  const { mean: value, low, high, count } = mean;
  number.textContent = share(value);
  // Sets drawn anew from photos that are all alike are all alike: the bootstrap says nothing then.
  interval.textContent = low === high ? `of ${count}, which are all alike: no interval` : `of ${count}; 95\u00a0% interval ${Math.round(100 * low)} to ${share(high)}`;
  Object.assign(meter.dataset, { value, low, high, count });
  for (const [name, at] of Object.entries({ value, low, high })) meter.style.setProperty(`--${name}`, String(at));
}
