/** `npm run serve`: serves the site at http://localhost:8000, or at the port in PORT. */
import { listen } from "./listen.mjs";

await listen();
