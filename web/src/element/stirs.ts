/** Detection of anything that may move an element's photo. At rest nothing runs in any frame. */

/**
 * Events after which the next frames are checked. Those that do not cross a shadow root are heard at the
 * element itself.
 */
const EVENTS = [
  ...[
    "transitionrun",
    "transitionend",
    "transitioncancel",
    "animationstart",
    "animationend",
    "animationcancel",
  ],
  ...[
    "pointerover",
    "pointerout",
    "pointerdown",
    "pointerup",
    "focusin",
    "focusout",
    "keydown",
    "keyup",
    "input",
    "change",
    "toggle",
  ],
  ...["scroll", "resize", "load", "fullscreenchange", "hashchange", "beforeprint", "afterprint"],
];

/** Time after an event during which every frame is checked: its effects may begin later. */
const ALERT_MS = 300;

/** Interval of checks in any case: a script may begin an animation at any time, without an event. */
const HEARTBEAT_MS = 250;

/** Time after its last event during which a scroller counts as moving. */
const SCROLL_MS = 150;

/**
 * Calls `look` after the page's own scripts and before a frame is drawn, while the stage is in the window and
 * something moves.
 */
export class Stirs {
  readonly #stage: HTMLElement;
  readonly #look: () => void;
  readonly #seen = new IntersectionObserver((entries) =>
    entries.at(-1)?.isIntersecting === true ? this.#watch() : this.#rest(),
  );
  readonly #changed = new MutationObserver(() => this.alert());
  /**
   * Reports sizes when all scripts of a frame have run, and in any case for an element that was not observed
   * before.
   */
  readonly #late = new ResizeObserver(() => this.#look());
  readonly #heard = ({ type }: Event) => {
    if (type === "scroll") this.#scrolled = performance.now();
    this.alert();
  };
  #window: Window | null = null;
  #listened: readonly EventTarget[] = [];
  #until = 0;
  #scrolled = Number.NEGATIVE_INFINITY;
  #frame = 0;
  #heartbeat = 0;

  constructor(stage: HTMLElement, look: () => void) {
    this.#stage = stage;
    this.#look = look;
  }

  /** Starts observing. The element may have come into another document. */
  start(): void {
    this.end();
    this.#seen.observe(this.#stage);
  }

  end(): void {
    this.#seen.disconnect();
    this.#rest();
  }

  /** Whether something is being scrolled, which browsers do ahead of scripts. */
  get scrolling(): boolean {
    return performance.now() - this.#scrolled < SCROLL_MS;
  }

  /** Checks this frame and the next ones. */
  alert(): void {
    this.#until = performance.now() + ALERT_MS;
    if (this.#window === null) return;
    this.#lookLate();
    if (this.#frame === 0) this.#next(this.#window);
  }

  #lookLate(): void {
    this.#late.unobserve(this.#stage);
    this.#late.observe(this.#stage);
  }

  #next(window: Window): void {
    this.#frame = window.requestAnimationFrame(() => {
      this.#frame = 0;
      this.#lookLate();
      if (performance.now() < this.#until) this.#next(window);
    });
  }

  #watch(): void {
    const window = this.#stage.ownerDocument.defaultView;
    if (this.#window !== null || window === null) return;
    this.#window = window;
    const host = hostOf(this.#stage.getRootNode());
    this.#listened = host === undefined ? [window] : [window, host];
    for (const target of this.#listened) {
      for (const type of EVENTS) target.addEventListener(type, this.#heard, { capture: true, passive: true });
    }
    for (let around = host; around !== undefined; around = hostOf(around.getRootNode())) {
      this.#changed.observe(around.getRootNode(), {
        attributes: true,
        characterData: true,
        childList: true,
        subtree: true,
      });
    }
    this.#heartbeat = window.setInterval(() => this.#look(), HEARTBEAT_MS);
    this.alert();
  }

  #rest(): void {
    const window = this.#window;
    if (window === null) return;
    this.#window = null;
    for (const target of this.#listened) {
      for (const type of EVENTS) target.removeEventListener(type, this.#heard, { capture: true });
    }
    this.#changed.disconnect();
    this.#late.disconnect();
    window.clearInterval(this.#heartbeat);
    window.cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }
}

/** The host element of a shadow root. */
function hostOf(root: Node): Element | undefined {
  return root instanceof ShadowRoot ? root.host : undefined;
}
