/** A region of a photo. */

/** A mask covers the whole upright photo, at a size of its own. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  /** 1 inside and 0 outside, row by row. */
  readonly data: Uint8Array;
  /** The file from which it was read, at whose size it is measured. */
  readonly source?: MaskSource;
}

export interface MaskSource {
  readonly file: Blob;
  /** The one value that is inside; undefined if a rule was inferred. */
  readonly value: number | undefined;
  /** The rule that decided what is inside. */
  readonly rule: string;
}
