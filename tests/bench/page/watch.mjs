/**
 * Runs in the page before its scripts, and records when things were first seen, in milliseconds from
 * navigation.
 */

/** Records in `window.seen`: first paint, the poster, the network's own map, layout shifts. */
export function watch() {
  window.seen = { shifts: [] };
  const { seen } = window;
  /** A callback before the next frame, and one after it: then the frame is on screen. */
  const shown = (name) =>
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        seen[name] = performance.now();
      }),
    );
  const observe = (type, each) =>
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true });

  observe("paint", ({ name, startTime }) => {
    if (name === "first-contentful-paint") seen.firstPaint = startTime;
  });
  observe("largest-contentful-paint", ({ startTime, element }) => {
    seen.largest = { time: startTime, what: element?.id || element?.tagName.toLowerCase() || "gone" };
  });
  observe("layout-shift", ({ value, hadRecentInput, startTime, sources }) => {
    if (hadRecentInput) return;
    const what = sources.map(({ node }) => node?.id || node?.className || node?.nodeName || "gone");
    seen.shifts.push({ value, time: startTime, what });
  });

  const waiting = {
    poster: () => {
      const poster = document.querySelector("#poster");
      return poster !== null && poster.complete && poster.naturalWidth > 0;
    },
    ownMap: () =>
      document.querySelector('[data-view="cam"] canvas[data-method="grad-cam"]:not([hidden])') !== null,
  };
  const look = () => {
    for (const [name, there] of Object.entries(waiting)) {
      if (!there()) continue;
      delete waiting[name];
      shown(name);
    }
    if (Object.keys(waiting).length > 0) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/**
 * Clicks the second class in every frame until the large picture is another class's: the first moment that a
 * visitor is answered, in `window.answered`.
 */
export function clickUntilAnswered() {
  /** The class that is shown, by the network or beforehand. */
  const shown = () => {
    const cam = document.querySelector('[data-view="cam"]');
    const canvas = cam?.querySelector("canvas:not([hidden])");
    if (canvas?.dataset.target) return { by: "the network", of: canvas.dataset.target };
    const image = cam?.querySelector("img:not([hidden])");
    return image?.complete ? { by: "beforehand", of: /(\d+)\.jpg$/.exec(image.currentSrc)?.[1] } : undefined;
  };
  const second = '#predictions li:nth-child(2) button[data-class][aria-pressed="false"]';
  let before;
  const click = () => {
    const now = shown();
    before ??= now;
    if (now !== undefined && now.of !== before.of) {
      requestAnimationFrame(() => {
        window.answered = { time: performance.now(), before, after: now };
      });
      return;
    }
    if (before !== undefined) document.querySelector(second)?.click();
    requestAnimationFrame(click);
  };
  requestAnimationFrame(click);
}
