/** Version of the package, inserted when the client is bundled. */
declare const CANDLING_VERSION: string;

/** For whoever writes down what made a map. */
export const version = CANDLING_VERSION;
