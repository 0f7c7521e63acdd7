/** The static server for developing and testing. The site itself needs no server of its own: any static host will do. */
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import sirv from "sirv";

const site = fileURLToPath(new URL("../../www/", import.meta.url));

/** As in the page's own `<meta>`, plus what only a header can say. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

const headers = {
  "Content-Security-Policy": contentSecurityPolicy,
  "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** What gives a page threads: nobody else may open it, and all it loads is its own or says that it may be embedded. */
export const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Serves `www` on this machine only. `port` 0 takes a free one. Rejects with the listening error (`EADDRINUSE`, ...). */
export function serve(port, { isolated = false } = {}) {
  const sent = isolated ? { ...headers, ...isolation } : headers;
  // dev: look at the disk on every request, so that a rebuild shows on reload
  const files = sirv(site, { dev: true, etag: true, setHeaders: (response, path) => {
    if (path.endsWith(".safetensors")) response.setHeader("Content-Type", "application/octet-stream");
  } });
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(sent)) response.setHeader(name, value);
    files(request, response, () => {
      response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" });
      response.end("not found\n");
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "localhost", () => resolve(server));
  });
}
