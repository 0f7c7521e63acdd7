/** Parsing of the page's address by the table of parameters. */
import { MOST_CHARACTERS, type Parameter, parameters } from "./parameters.js";

/** The value of each parameter; its fallback if it was left out. */
export type Values = ReadonlyMap<string, string>;

/**
 * Reads all parameters. Fails with an `Error` whose message is a sentence for the reader if a value is not
 * allowed.
 */
export function readAddress(address: URL): Values {
  const given = address.searchParams;
  for (const name of new Set(given.keys())) {
    if (!parameters.some((parameter) => parameter.name === name)) {
      throw new Error(
        `There is no parameter ${quoted(name)}; there are ${parameters.map((parameter) => parameter.name).join(", ")}.`,
      );
    }
    const times = given.getAll(name).length;
    if (times > 1) throw new Error(`The parameter ${name} is given once; it was given ${times} times.`);
  }
  return new Map(
    parameters.map((parameter) => [parameter.name, readValue(parameter, given.get(parameter.name), address)]),
  );
}

function readValue(parameter: Parameter, given: string | null, page: URL): string {
  const value = given?.trim() ?? parameter.fallback;
  if (value !== undefined && (given === null || isAllowed(parameter, value, page))) return value;
  const { allowed, name } = parameter;
  const values = typeof allowed === "string" ? allowed : `one of ${allowed.join(", ")}`;
  throw new Error(
    `The parameter ${name} is ${values}; ${given === null ? "it is missing" : `given was ${quoted(given)}`}.`,
  );
}

function isAllowed({ name, kind, allowed }: Parameter, value: string, page: URL): boolean {
  switch (kind) {
    case "address":
      return isAddress(name, value, page);
    case "choice":
      return allowed.includes(value);
    case "number":
      return /^(0|1|0?\.\d+|[01]\.\d+)$/.test(value) && Number(value) <= 1;
    case "name":
      return /^[\w.-]+$/.test(value) && value.length <= MOST_CHARACTERS;
    case "class":
      return value !== "" && value.length <= MOST_CHARACTERS;
    case "text":
      return value.length <= MOST_CHARACTERS;
  }
}

/**
 * Whether an address is allowed by the page's policy: its own origin; for the photo also https, and this
 * machine.
 */
function isAddress(name: string, value: string, page: URL): boolean {
  if (value === "" || !URL.canParse(value, page)) return false;
  const { origin, protocol, hostname, username, password } = new URL(value, page);
  if (username !== "" || password !== "") return false;
  if (origin === page.origin) return protocol === "http:" || protocol === "https:";
  const isHere = protocol === "http:" && (hostname === "localhost" || hostname === "127.0.0.1");
  return name === "src" && (protocol === "https:" || isHere);
}

function quoted(text: string): string {
  const MOST = 80;
  return `“${text.length > MOST ? `${text.slice(0, MOST)}…` : text}”`;
}
