/** The server of the benchmark's own pages. */
import { createServer } from "node:http";
import { isolation } from "../../../web/scripts/server.mjs";
import { at, sirv } from "./tools.mjs";

/** Serves on a free port of this machine; `lib` is the folder with Candling's builds. */
export function serve(lib, isolated) {
  const headers = { "Cache-Control": "no-store", ...(isolated ? isolation : {}) };
  const folders = {
    "/lib": lib,
    "/models": at("www/models"),
    "/model": at("target/bench/model"),
    "/widths": at("target/bench/widths"),
    "/packages": at("tests/bench/node_modules"),
    "/pages": at("target/bench/pages"),
  };
  const files = Object.entries(folders).map(([prefix, folder]) => [
    `${prefix}/`,
    sirv(folder, { dev: true }),
  ]);
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const missing = () => {
      response.writeHead(404);
      response.end();
    };
    const found = files.find(([prefix]) => request.url.startsWith(prefix));
    if (found === undefined) return missing();
    const [prefix, serveFile] = found;
    request.url = request.url.slice(prefix.length - 1);
    serveFile(request, response, missing);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "localhost", () => resolve(server));
  });
}
