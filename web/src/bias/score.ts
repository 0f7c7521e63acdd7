/** Scores of a model on pictures, in words and as a bar. */
import { found } from "../dom/page.js";
import type { Mean } from "../trainer/messages.js";
import type { Finding } from "./ask.js";
import type { Trainer } from "./trainer.js";

export interface Score {
  /** The accuracy. */
  readonly accuracy: Mean | undefined;
  /** The share of evidence on the animal, and that of a uniform map. */
  readonly evidence: Mean | undefined;
  readonly evenly: number;
}

export async function scoreOf(trainer: Trainer, findings: readonly Finding[]): Promise<Score> {
  const shares = findings.flatMap(({ evidence }) => evidence ?? []);
  const [accuracy, evidence] = await Promise.all([
    trainer.answers(findings.map(({ correct }) => correct)),
    trainer.shares(shares),
  ]);
  const evenly = findings.reduce((sum, one) => sum + one.evenly, 0) / Math.max(1, findings.length);
  return { accuracy, evidence, evenly };
}

/** A share in per cent: "44 %". */
export function share(value: number): string {
  return `${Math.round(100 * value)}\u00a0%`;
}

/**
 * Fills a meter of the page: its number, its interval, a bar with both, and a mark at the baseline `evenly`,
 * if given. In a table (`data-short`) its text is short.
 */
export function fillMeter(meter: HTMLElement, mean: Mean | undefined, evenly?: number): void {
  const [number, interval] = [found(meter, "b", HTMLElement), found(meter, "small", HTMLElement)];
  if (mean === undefined) {
    number.textContent = "–";
    interval.textContent = "nothing to measure";
    return;
  }
  const { mean: value, interval: bounds, count } = mean;
  const short = meter.dataset.short !== undefined;
  number.textContent = share(value);
  const [low, high] = bounds ?? [value, value];
  const between = `${Math.round(100 * low)} to ${share(high)}`;
  const words =
    bounds === null
      ? `of ${count}${short ? "" : ": no interval"}`
      : short
        ? between
        : `of ${count}; 95\u00a0% interval ${between}`;
  interval.textContent =
    evenly === undefined || short ? words : `${words}. Spread evenly, it would be ${share(evenly)}.`;
  Object.assign(meter.dataset, { value, low, high, count, ...(evenly === undefined ? {} : { evenly }) });
  for (const [name, at] of Object.entries({ value, low, high, evenly }))
    if (at !== undefined) meter.style.setProperty(`--${name}`, String(at));
}
