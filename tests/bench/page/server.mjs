/**
 * The site as a static host sends it: text and wasm with brotli, everything else as it is. The development
 * server, which does not compress, stands behind.
 *
 * Compression happens once for each file, at its strongest, as a host does it when a site is published;
 * `ready` does it before anything is timed.
 */
import { createServer } from "node:http";
import { readdirSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { serve as serveFiles } from "../../../web/scripts/server.mjs";
import { at } from "../lib/tools.mjs";

/**
 * Types that hosts compress; pictures, fonts and weights are compressed already, or take seconds to gain a
 * tenth.
 */
const COMPRESSED = /^(text\/|application\/(javascript|json|wasm|manifest\+json)|image\/svg\+xml)/;

/** Serves `www` on a free port; `close` ends it. */
export async function serveCompressed() {
  const inner = await serveFiles(0);
  const source = `http://localhost:${inner.address().port}`;
  const known = new Map();

  async function answer(path) {
    const response = await fetch(source + path);
    const headers = Object.fromEntries(response.headers);
    let body = Buffer.from(await response.arrayBuffer());
    if (COMPRESSED.test(headers["content-type"])) {
      body = brotliCompressSync(body);
      headers["content-encoding"] = "br";
    }
    headers["content-length"] = body.length;
    return { status: response.status, headers, body };
  }

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, source);
    if (!known.has(pathname)) known.set(pathname, answer(pathname));
    const { status, headers, body } = await known.get(pathname);
    response.writeHead(status, headers).end(body);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "localhost", resolve);
  });
  const origin = `http://localhost:${server.address().port}`;

  /** Compresses every file once, so that no visitor waits for it. */
  async function ready() {
    const files = readdirSync(at("www"), { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    const paths = files.map(
      ({ parentPath, path, name }) => `${(parentPath ?? path).slice(at("www").length)}/${name}`,
    );
    for (const path of ["/", ...paths]) await (await fetch(new URL(path, origin))).arrayBuffer();
  }

  return {
    origin,
    ready,
    close() {
      server.close();
      inner.close();
    },
  };
}
