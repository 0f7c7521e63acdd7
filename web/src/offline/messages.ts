/** Messages from a page to the service worker. */

/** Asks to store what this visitor uses. The reply is whether all of it is stored now. */
export interface Keep {
  readonly kind: "keep";
  /** Addresses of files that the page has loaded; those outside the site are ignored. */
  readonly loaded: readonly string[];
  /** The build of the engine in use. */
  readonly build: string;
  /** The address of the model, and its file, so that its megabytes are not downloaded again. */
  readonly model: string;
  readonly file: Blob;
  /** Whether to store all samples too. */
  readonly samples: boolean;
}

/** Asks the waiting version to take over, to which the visitor agreed. */
export interface TakeOver {
  readonly kind: "take-over";
}

export type Message = Keep | TakeOver;
