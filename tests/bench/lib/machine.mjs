/** The machine on which the numbers were measured. */
import { cpus, loadavg, totalmem } from "node:os";

export const machine = (chromium) => ({
  processor: cpus()[0].model.trim(),
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform} ${process.arch}`,
  chromium,
  node: process.version,
});

/** The load of the machine over the last minute: 1 is one core's work. */
export const load = () => Math.round(loadavg()[0] * 100) / 100;
