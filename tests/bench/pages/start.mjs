/** Starts the module that `?page=` names, and tells the driver of anything that goes wrong on the way. */
const failed = (reason) => {
  window.benchError ??= String(reason?.stack ?? reason);
};
window.addEventListener("error", (event) => failed(event.error ?? event.message));
window.addEventListener("unhandledrejection", (event) => failed(event.reason));

const name = new URLSearchParams(location.search).get("page");
import(`/pages/${name}.js`).catch(failed);
