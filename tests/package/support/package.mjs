/**
 * The package as a user has it, outside the repository: packed by npm, then unpacked, or installed into a
 * copy of the fixtures.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

export const web = fileURLToPath(new URL("../../../web/", import.meta.url));
export const samples = fileURLToPath(new URL("../../../www/samples/", import.meta.url));
const fixtures = fileURLToPath(new URL("../fixtures/", import.meta.url));

/** A folder of its own, and what removes it. */
export async function workshop() {
  const folder = await mkdtemp(join(tmpdir(), "candling-package-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Runs a program and returns its output; an error contains what it printed to standard error. */
export async function command(program, args, options) {
  try {
    const { stdout } = await run(program, args, { maxBuffer: 1 << 26, ...options });
    return stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(" ")}: ${error.stdout}${error.stderr}`);
  }
}

/** `npm pack` into a folder: the address of the tarball. */
export async function pack(folder) {
  const printed = await command("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: web });
  return join(folder, printed.trim().split("\n").at(-1));
}

/** Unpacks the package as npm would install it in `node_modules/candling`. */
export async function unpack(tarball, folder) {
  await mkdir(folder, { recursive: true });
  await command("tar", ["-xzf", tarball, "-C", folder, "--strip-components=1"]);
}

/** A copy of the fixtures with everything installed: what their lockfile says, and the tarball. */
export async function install(tarball, folder) {
  await cp(fixtures, folder, { recursive: true, filter: (path) => !/\/(node_modules|dist)$/.test(path) });
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  await command("npm", ["ci", ...quiet], { cwd: folder });
  await command("npm", ["install", "--no-save", ...quiet, tarball], { cwd: folder });
}
