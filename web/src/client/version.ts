/** Version of the package; inserted when the client is bundled. */
declare const CANDLING_VERSION: string;

/** The version, for records of what made a map. */
export const version = CANDLING_VERSION;
