/**
 * Fetching of a picture by its link. The page's policy lets it request no other host, so the request goes
 * through the door: a frame that may do only this, and exists only as long as it takes.
 */
import { type DoorAnswer, type DoorRequest, MOST_BYTES } from "../door/messages.js";

export interface LinkedPicture {
  readonly blob: Blob;
  /** The file's name in the address, or the host's. */
  readonly name: string;
}

/** Timeout of the whole request: a visitor who would wait longer has the picture sooner by saving it. */
const TIMEOUT_MS = 30_000;

const INSTEAD = "Save the picture, then drop the file here.";
const OR = "Or save the picture, then drop the file here.";

/**
 * Fetches a picture from an `https:` address whose host lets other pages read it (CORS), from this machine,
 * or from a `data:` link. At most 64 MB, within 30 seconds; whether it can be decoded is checked by the
 * engine.
 *
 * Fails with an `Error` whose message is a sentence for the visitor; after an abort, with an `AbortError`.
 */
export async function fetchPicture(address: string, signal?: AbortSignal): Promise<LinkedPicture> {
  if (signal?.aborted) throw stopped();
  const url = parse(address.trim());
  if (url.protocol === "data:") return { blob: unpack(url), name: "The linked picture" };
  const answer = await throughDoor(url.href, signal);
  if (answer.kind === "picture") return { blob: answer.blob, name: nameOf(url) };
  throw new Error(sentenceOf(answer, url.host));
}

/** Returns the address if it is of an allowed kind; throws otherwise. */
function parse(address: string): URL {
  // in a data: link, four characters encode at most three bytes
  if (address.length > MOST_BYTES * 1.4) throw new Error(sentenceOf({ kind: "too-large" }, "the link"));
  if (!URL.canParse(address)) {
    throw new Error("That is no link to a picture: give its whole address, beginning with https://.");
  }
  const url = new URL(address);
  const isLocal = url.hostname === "localhost" || url.hostname === "127.0.0.1";
  switch (url.protocol) {
    case "data:":
      return url;
    case "http:":
      if (!isLocal)
        throw new Error(`Only https links are fetched, and this one is http: try it with https://. ${OR}`);
      break;
    case "https:":
      break;
    case "blob:":
      throw new Error(`A blob: link leads nowhere outside of the page that made it. ${INSTEAD}`);
    case "file:":
      throw new Error(
        "A page cannot open files of this device by their address. Drop the file here, or choose it.",
      );
    default:
      throw new Error(
        `Links that begin with ${url.protocol} are not fetched: give one that begins with https://.`,
      );
  }
  if (url.username !== "" || url.password !== "") {
    throw new Error(`Links with a user name or password in them are not fetched. ${INSTEAD}`);
  }
  return url;
}

/** The picture in a `data:` link (RFC 2397), which the page's policy does not let it fetch. */
function unpack({ pathname, search }: URL): Blob {
  const [, type = "", base64, body = ""] = /^([^;,]*)[^,]*?(;base64)?,([^]*)$/i.exec(pathname + search) ?? [];
  if (!type.toLowerCase().startsWith("image/"))
    throw new Error(sentenceOf({ kind: "no-picture", type }, "the link"));
  const binary = body.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  try {
    const bytes = Uint8Array.from(base64 === undefined ? binary : atob(binary), (character) =>
      character.charCodeAt(0),
    );
    return new Blob([bytes], { type });
  } catch {
    throw new Error(`The data: link is damaged, or was cut off when it was copied. ${INSTEAD}`);
  }
}

/** Opens the door, sends one request through it, and removes the door, which also ends a pending request. */
async function throughDoor(address: string, signal: AbortSignal | undefined): Promise<DoorAnswer> {
  const frame = document.createElement("iframe");
  const { port1, port2 } = new MessageChannel();
  const ended = new AbortController();
  try {
    return await new Promise<DoorAnswer>((resolve, reject) => {
      const timeout = setTimeout(() => reject(late(new URL(address).host)), TIMEOUT_MS);
      ended.signal.addEventListener("abort", () => clearTimeout(timeout));
      signal?.addEventListener("abort", () => reject(stopped()), { signal: ended.signal });
      port1.addEventListener("message", ({ data }: MessageEvent<DoorAnswer>) => resolve(data));
      port1.start();
      frame.addEventListener(
        "load",
        () => {
          // a door that did not load is an error page of the browser's, not of this origin
          if (frame.contentWindow === null || frame.contentDocument === null) return reject(shut());
          frame.contentWindow.postMessage({ kind: "fetch", address } satisfies DoorRequest, location.origin, [
            port2,
          ]);
        },
        { once: true },
      );
      frame.hidden = true;
      frame.src = new URL("../door.html", import.meta.url).href;
      document.body.append(frame);
    });
  } finally {
    ended.abort();
    port1.close();
    frame.remove();
  }
}

function sentenceOf(answer: Exclude<DoorAnswer, { kind: "picture" }>, host: string): string {
  switch (answer.kind) {
    case "unreadable":
      return `the host ${host} cannot be reached, or does not let other pages read its pictures; the browser does not say which. ${INSTEAD}`;
    case "refused":
      return answer.status === 404 || answer.status === 410
        ? `There is no picture at this link: ${host} answered ${answer.status}. Check the address.`
        : `${host} did not hand the picture out: it answered ${answer.status}. ${INSTEAD}`;
    case "no-picture":
      return `What is at this link is no picture but ${answer.type || "text"}. Open the picture by itself and copy its own address.`;
    case "too-large":
      return `The picture has more than ${MOST_BYTES / 1024 / 1024} MB. Make it smaller, then drop the file here.`;
  }
}

function nameOf({ pathname, host }: URL): string {
  const last = pathname
    .split("/")
    .filter((part) => part !== "")
    .at(-1);
  if (last === undefined) return host;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function late(host: string): Error {
  return new Error(
    `The picture did not come from ${host} within ${TIMEOUT_MS / 1000} seconds. Try again. ${OR}`,
  );
}

function shut(): Error {
  return new Error(
    `Pictures by link need a part of this page that could not be loaded. Check the connection and try again. ${OR}`,
  );
}

function stopped(): DOMException {
  return new DOMException("The loading of the picture was stopped.", "AbortError");
}
