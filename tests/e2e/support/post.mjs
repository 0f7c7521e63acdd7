/**
 * A blog post with `<candling-view>` in it, on a page whose policy is the one that the documentation gives.
 */
import { isolation } from "../../../web/scripts/server.mjs";
import { MODEL } from "./stage.mjs";

/** The policy that a page with the element needs. */
export const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self'";

export const MODULE = '<script type="module" src="/lib/candling-view.js"></script>';
export const CLASSIC = '<script defer src="/lib/candling-view.classic.js"></script>';

/** An element with a photo in it. `attributes` stand beside the model's. */
export function view(attributes = "", photo = "/samples/dog_cat.jpg") {
  return `<candling-view model="${MODEL}" ${attributes}><img src="${photo}" alt="The photo" width="800" height="478"></candling-view>`;
}

/** Opens a post. Events of its elements are recorded in the page's `told`, with the index of the element. */
export async function openPost(
  page,
  body,
  { script = MODULE, isolated = false, ready = true, allow = policy } = {},
) {
  await page.route("**/post", (route) =>
    route.fulfill({
      contentType: "text/html; charset=utf-8",
      headers: { "content-security-policy": allow, ...(isolated ? isolation : {}) },
      body: `<!doctype html><html lang="en"><title>A post</title><link rel="icon" href="/favicon.svg">${script}<main><h1>A post</h1>${body}</main></html>`,
    }),
  );
  await page.addInitScript(() => {
    window.told = [];
    const note = (target, type, detail) => {
      const which = [...document.querySelectorAll("candling-view")].indexOf(target);
      window.told.push({ which, type, ...detail });
    };
    const details = {
      statechange: ({ state }) => ({ state }),
      progress: ({ loaded, total }) => ({ loaded, total }),
      predict: ({ predictions, notes }) => ({
        best: predictions[0].index,
        classes: predictions.length,
        notes,
      }),
      explain: ({ explanation, compared }) => ({
        target: explanation.target.class,
        method: explanation.method,
        compared: compared?.target.class,
      }),
      error: ({ code, message }) => ({ code, message }),
    };
    // None of the events bubbles; on their way down they pass here.
    for (const [type, read] of Object.entries(details)) {
      document.addEventListener(
        type,
        (event) => event.target.localName === "candling-view" && note(event.target, type, read(event.detail)),
        { capture: true },
      );
    }
  });
  await page.goto("/post");
  if (ready) await states(page, "ready");
}

/** Waits until every element is in this state. */
export function states(page, state) {
  return page.waitForFunction(
    (state) => [...document.querySelectorAll("candling-view")].every((element) => element.state === state),
    state,
  );
}

/** The recorded events, of one type if given. */
export async function told(page, type) {
  const all = await page.evaluate("told");
  return type === undefined ? all : all.filter((each) => each.type === type);
}

/**
 * For each canvas of an element: whether it is visible, and a sum of its pixels that is 0 if nothing was
 * painted.
 */
export function painted(page, selector = "candling-view") {
  return page.$eval(selector, (element) =>
    [...element.shadowRoot.querySelectorAll("canvas")].map((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return {
        seen: !canvas.hidden && canvas.checkVisibility(),
        sum: data.reduce((sum, value) => sum + value, 0),
      };
    }),
  );
}
