/** A region of a photo. */

/** It covers the whole photo, upright, at a size of its own. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  /** 1 inside and 0 outside, row by row. */
  readonly data: Uint8Array;
  /** The file that it is out of, at whose size it is measured. */
  readonly source?: MaskSource;
}

export interface MaskSource {
  readonly file: Blob;
  /** The one value that is inside; undefined where a rule was found. */
  readonly value: number | undefined;
  /** By which rule it was told what is inside. */
  readonly rule: string;
}
