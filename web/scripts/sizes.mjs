/**
 * `npx -y rust-just sizes`: writes the sizes of the package's files, alone and together, into the table of
 * `web/README.md`.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const readme = fileURLToPath(new URL("../README.md", import.meta.url));
const [BEGIN, END] = ["<!-- sizes: written by scripts/sizes.mjs -->", "<!-- end of sizes -->"];

const full = "models/efficientnet-lite0.safetensors";
const small = "models/efficientnet-lite0-small.safetensors";

/** Files that a page with two lines fetches; `tests/package/plain.test.mjs` checks them in a browser. */
const before = ["candling-view.js"];
const engine = ["relaxed-simd/candling_wasm.js", "relaxed-simd/candling_wasm_bg.wasm"];
const code = [...before, "candling.js", "candling-worker.js", ...engine];
/** Files that are fetched in addition if a GPU is used. */
const card = ["webgpu/candling_webgpu.js", "webgpu/candling_webgpu_bg.wasm"];

/** The size of a file as it is sent. Weights are sent uncompressed: they hardly shrink, and few hosts try. */
function weigh(path) {
  const bytes = readFileSync(dist + path);
  const plain = path.endsWith(".safetensors");
  return {
    raw: bytes.length,
    gzip: plain ? bytes.length : gzipSync(bytes, { level: 9 }).length,
    brotli: plain ? bytes.length : brotliCompressSync(bytes).length,
  };
}

const add = (a, b) => ({ raw: a.raw + b.raw, gzip: a.gzip + b.gzip, brotli: a.brotli + b.brotli });
const sum = (paths) => paths.map(weigh).reduce(add);
const kilobytes = (bytes) =>
  (bytes / 1e3).toLocaleString("en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const row = (name, { raw, gzip, brotli }) =>
  `| ${[name, ...[raw, gzip, brotli].map(kilobytes)].join(" | ")} |`;

const files = readdirSync(dist, { recursive: true })
  .filter((path) => /\.(js|css|html|wasm|safetensors)$/.test(path))
  .sort();
const table = [
  "| kB | as it is | gzip | brotli |",
  "|---|---:|---:|---:|",
  row("**before the reader comes near, or asks**", sum(before)),
  row("**until the first map**, without the weights", sum(code)),
  row("... with them", sum([...code, full])),
  row("... on a slow or metered connection", sum([...code, small])),
  row("**more, where the graphics card is used**", sum(card)),
  ...files.map((path) => row(`\`${path}\``, weigh(path))),
].join("\n");

const text = readFileSync(readme, "utf8");
const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
if (from === -1 || to < from) throw new Error(`${readme} has no "${BEGIN}" before an "${END}"`);
writeFileSync(readme, `${text.slice(0, from + BEGIN.length)}\n\n${table}\n\n${text.slice(to)}`);
console.log(table);
