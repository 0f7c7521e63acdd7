/** What a page says to the service worker. */

/** Keep what this visitor uses. Answered with whether all of it is kept now. */
export interface Keep {
  readonly kind: "keep";
  /** Addresses of files that the page has loaded; those that are not of the site are passed over. */
  readonly loaded: readonly string[];
  /** The build of the engine that runs here. */
  readonly build: string;
  /** The model, by its address and in full: megabytes that need no second download. */
  readonly model: string;
  readonly file: Blob;
  /** Whether to fetch all of the samples, too. */
  readonly samples: boolean;
}

/** The visitor agrees that the version that waits takes over from the one that runs. */
export interface TakeOver {
  readonly kind: "take-over";
}

export type Message = Keep | TakeOver;
