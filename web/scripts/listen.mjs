/** The server of `npm run serve` and of the demo: at the port in PORT, by default 8000. */
import { serve } from "./server.mjs";

const port = Number(process.env.PORT ?? 8000);

/**
 * Serves the site and prints its address. `options` are those of `serve`. An error is printed and ends the
 * program.
 */
export async function listen(options) {
  try {
    if (!Number.isInteger(port) || port < 0 || port > 65535)
      throw new Error(`PORT is a number up to 65535; given "${process.env.PORT}"`);
    const server = await serve(port, { isolated: true, ...options });
    console.log(`http://localhost:${server.address().port}  (ctrl-c ends it)`);
  } catch (error) {
    console.error(
      error.code === "EADDRINUSE"
        ? `port ${port} is taken by another program; end that one, or choose another: PORT=8001 npx -y rust-just demo`
        : `the server could not start: ${error.message}`,
    );
    process.exit(1);
  }
}
