/** The static server for developing and testing. The site itself needs no server of its own: any static host will do. */
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import sirv from "sirv";

/** The site's folder. */
export const www = fileURLToPath(new URL("../../www/", import.meta.url));

/** As in the page's own `<meta>`, plus what only a header can say. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

/** The one document that may ask other origins, and can do nothing else (`door.html`). */
export const doorPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src https: http://localhost:* http://127.0.0.1:*",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

/** The document that other sites put into frames; pictures may come from anywhere, and nothing else may. */
export const embedPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' https: http://localhost:* http://127.0.0.1:*",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors *",
].join("; ");

/** Of the documents that have one of their own. */
const policies = { door: doorPolicy, embed: embedPolicy };

const headers = {
  "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** What gives a page threads: nobody else may open it, and all it loads is its own or says that it may be embedded. */
export const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Serves a folder, `www` where none is named, on this machine only. `port` 0 takes a free one. `ready` is asked
 *  before a file is sent, by its path, such as `"/lib/candling.js"`: what it answers with `false` is not found. Rejects with the listening
 *  error (`EADDRINUSE`, ...). */
export function serve(port, { isolated = false, site = www, ready = async () => true } = {}) {
  const sent = isolated ? { ...headers, ...isolation } : headers;
  // dev: look at the disk on every request, so that a rebuild shows on reload
  const files = sirv(site, {
    dev: true,
    etag: true,
    setHeaders: (response, path) => {
      if (path.endsWith(".safetensors")) response.setHeader("Content-Type", "application/octet-stream");
    },
  });
  const server = createServer(async (request, response) => {
    for (const [name, value] of Object.entries(sent)) response.setHeader(name, value);
    const [, own] = /\/(door|embed)\.html(?:\?|$)/.exec(request.url) ?? [];
    response.setHeader("Content-Security-Policy", policies[own] ?? contentSecurityPolicy);
    const notFound = () => {
      response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" });
      response.end("not found\n");
    };
    if (await ready(request.url.split("?", 1)[0])) files(request, response, notFound);
    else notFound();
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "localhost", () => resolve(server));
  });
}
