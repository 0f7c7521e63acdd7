/**
 * The static server for development and tests. The site itself needs no server of its own: any static host
 * will do.
 */
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import sirv from "sirv";

/** The site's folder. */
export const www = fileURLToPath(new URL("../../www/", import.meta.url));

/** The policy of the page's own `<meta>`, plus what only a header can contain. */
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

/**
 * The policy of the one document that may fetch from other origins, and can do nothing else (`door.html`).
 */
export const doorPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src https: http://localhost:* http://127.0.0.1:*",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

/**
 * The policy of the document that other sites frame; pictures may come from anywhere, and nothing else may.
 */
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

/** Policies of the documents that have one of their own. */
const policies = { door: doorPolicy, embed: embedPolicy };

const headers = {
  "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** Headers of cross-origin isolation, which a page needs for threads. */
export const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/**
 * Serves a folder, by default `www`, on this machine only. `port` 0 uses a free one. `ready` is asked before
 * a file is sent, with its path, such as `"/lib/candling.js"`; if it returns `false`, the answer is "not
 * found". Rejects with the listening error (`EADDRINUSE`, ...).
 */
export function serve(port, { isolated = false, site = www, ready = async () => true } = {}) {
  const sent = isolated ? { ...headers, ...isolation } : headers;
  // dev: read the disk on every request, so that a rebuild shows on reload
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
