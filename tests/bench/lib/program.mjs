/**
 * A native program that is measured in turns with others: it reads a line and answers with a line of JSON.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * `time NAME COUNT` is answered by the milliseconds of each call, `value NAME` by the numbers that one call
 * gives. Gives `use` a function from the name of an operation to what `interleave` takes, and ends the
 * program after it.
 */
export async function withProgram(command, args, use) {
  const program = spawn(command, args, {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...ONE_THREAD },
  });
  const ended = new Promise((_, reject) => {
    program.once("error", reject);
    program.once("exit", (status) => reject(new Error(`${command} ended with status ${status}`)));
  });
  // every call sees these rejections; this only keeps Node from warning between two calls
  ended.catch(() => {});
  program.stdin.on("error", () => {});
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  const ask = async (line) => {
    program.stdin.write(`${line}\n`);
    const { done, value } = await Promise.race([lines.next(), ended]);
    return done ? ended : JSON.parse(value);
  };
  try {
    return await use((name) => ({
      name,
      time: (count) => ask(`time ${name} ${count}`),
      value: async () => Float32Array.from(await ask(`value ${name}`)),
    }));
  } finally {
    program.kill();
  }
}

/** One thread, whichever library underneath would take more. */
const ONE_THREAD = { RAYON_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
