/** `npm run serve`: the site at http://localhost:8000, or at the port named by PORT. */
import { listen } from "./listen.mjs";

await listen();
