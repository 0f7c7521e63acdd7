/**
 * Makes a version of the site from all files in `www`, after everything else is built: the service worker
 * `www/sw.js`.
 */
import { www } from "./server.mjs";
import { buildServiceWorker } from "./service-worker.mjs";

await buildServiceWorker(www);
