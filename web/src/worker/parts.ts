/** Work that is shared out in parts: this worker's share of it. */
import { codes, type Part } from "../protocol.js";
import { failure } from "./failure.js";

/** What gives the values of any part, in the wasm. */
interface Source {
  values(start: number, end: number): Float32Array;
  free(): void;
}

/** The job that this worker has a part in; it holds until the next. */
let source: Source | undefined;

/** The values of a part, of the job given here or of the last one. */
export function valuesOf<Job>({ job, start, end }: Part<Job>, begin: (job: Job) => Source): Float32Array {
  if (job !== undefined) {
    source?.free();
    source = undefined;
    source = begin(job);
  }
  if (source === undefined) throw failure(codes.internal, "this worker was given a part of no job");
  return source.values(start, end);
}
