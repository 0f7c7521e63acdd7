/** The lab's page as a visitor handles it. */
import { frames, idle } from "./stage.mjs";

/** Waits until a photo of this title is on the page with its maps. */
export async function shown(page, title) {
  await page.waitForFunction((title) => document.querySelector("#photo-name").textContent === title, title);
  await idle(page);
}

/** The settings are folded away at first. */
export async function openSettings(page) {
  await page.$eval("#method", (select) => {
    select.closest("details").open = true;
  });
}

/** Looks at one of the experiments, and waits until it shows what is asked. */
export async function lookAt(page, id) {
  await page.$eval(`#${id}`, (section) => section.scrollIntoView({ behavior: "instant" }));
  await settled(page, id);
}

/** Waits until an experiment has nothing more to compute. */
export async function settled(page, id) {
  await idle(page);
  // the page learns a frame later what has come into view
  await frames(page);
  await page.waitForSelector(`#${id}[aria-busy="false"]`);
}

/** Counts questions to workers, for `quiet`; to be called before the page is opened. */
export function countQuestions(page) {
  return page.addInitScript(() => {
    window.questions = 0;
    const { postMessage } = Worker.prototype;
    const seen = new WeakSet();
    Worker.prototype.postMessage = function (...given) {
      window.questions++;
      if (!seen.has(this))
        this.addEventListener(
          "message",
          ({ data: { type } }) => (window.questions -= type === "answer" || type === "failure"),
        );
      seen.add(this);
      postMessage.apply(this, given);
    };
  });
}

/** Waits until every question to a worker is answered, and none followed. */
export function quiet(page) {
  return page.waitForFunction(() => window.questions === 0);
}

/** Holds requests back until the returned function is called. */
export async function hold(page, pattern) {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route(pattern, async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

/** Data of an element as numbers, where they are numbers. */
export function data(page, selector) {
  return page.$eval(selector, ({ dataset }) =>
    Object.fromEntries(
      Object.entries(dataset).map(([key, value]) => [
        key,
        value === "" || Number.isNaN(Number(value)) ? value : Number(value),
      ]),
    ),
  );
}

/** Moves a slider as a hand does. */
export async function slide(page, selector, value) {
  await page.$eval(
    selector,
    (slider, value) => {
      slider.value = String(value);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    },
    value,
  );
}

/** Sets the connection that the page sees from the next document on. */
export function connect(page, connection) {
  return page.addInitScript((connection) => {
    Object.defineProperty(navigator, "connection", { configurable: true, value: connection });
  }, connection);
}

/** The text of the line on weights. */
export const weightsLine = (page) => page.$eval(".weights", (line) => line.innerText.trim());
