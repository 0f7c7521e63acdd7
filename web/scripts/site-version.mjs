/** Makes a version of the site from all that lies in `www`, once nothing more will be built: the service worker `www/sw.js`. */
import { www } from "./server.mjs";
import { buildServiceWorker } from "./service-worker.mjs";

await buildServiceWorker(www);
