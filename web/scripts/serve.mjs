/** `npm run serve`: the site at http://localhost:8000, or at the port named by PORT. */
import { serve } from "./server.mjs";

const port = Number(process.env.PORT ?? 8000);

try {
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`PORT is a number up to 65535; given "${process.env.PORT}"`);
  const server = await serve(port, { isolated: true });
  console.log(`http://localhost:${server.address().port}  (ctrl-c ends it)`);
} catch (error) {
  console.error(
    error.code === "EADDRINUSE"
      ? `port ${port} is taken by another program; end that one, or choose another: PORT=8001 npm run serve`
      : `the server could not start: ${error.message}`,
  );
  process.exitCode = 1;
}
