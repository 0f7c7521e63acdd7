/**
 * Repetition of an element's animations on another, on the same timeline and from the same start: where a
 * browser runs animations apart from the page's scripts, both stay in step in every frame, which no script
 * could achieve.
 */

/** The properties that the copies animate, and whether anything moves at all. */
export interface Movement {
  readonly held: ReadonlySet<string>;
  readonly moving: boolean;
}

export class Motion {
  readonly #box: HTMLElement;
  #sources: readonly Animation[] = [];
  readonly #copies = new Map<Animation, Animation>();
  #held = new Set<string>();

  constructor(box: HTMLElement) {
    this.#box = box;
  }

  /** Copies the source's current animations of the given properties. */
  follow(source: Element, properties: readonly string[]): Movement {
    const sources = source.getAnimations();
    // of two animations of one property the later one wins: copies are made in the order of their sources
    if (
      sources.length !== this.#sources.length ||
      sources.some((animation, at) => animation !== this.#sources[at])
    ) {
      this.end();
      this.#sources = sources;
      for (const animation of sources) this.#copy(animation, properties);
    }
    for (const [animation, copy] of this.#copies) keepInStep(copy, animation);
    return { held: this.#held, moving: sources.some(({ playState }) => playState === "running") };
  }

  end(): void {
    for (const copy of this.#copies.values()) copy.cancel();
    this.#copies.clear();
    this.#held = new Set();
    this.#sources = [];
  }

  #copy(animation: Animation, properties: readonly string[]): void {
    const { effect } = animation;
    if (!(effect instanceof KeyframeEffect)) return;
    const keyframes = effect.getKeyframes();
    const animated = properties.filter((property) => keyframes.some((keyframe) => property in keyframe));
    // an animation that adds to an underlying value, or begins or ends in one, is read frame by frame
    // instead: the copy has another underlying value
    if (effect.composite !== "replace" || !animated.every((property) => complete(keyframes, property)))
      return;
    if (animated.length === 0) return;
    const frames = keyframes.map((keyframe) => {
      const values = animated
        .filter((property) => property in keyframe)
        .map((property) => [property, keyframe[property]]);
      return {
        offset: keyframe.computedOffset,
        easing: keyframe.easing,
        ...Object.fromEntries(values),
      } as Keyframe;
    });
    const copy = new Animation(new KeyframeEffect(this.#box, frames, effect.getTiming()), animation.timeline);
    // ranges of scroll-driven timelines, which not every browser has
    for (const edge of ["rangeStart", "rangeEnd"])
      if (edge in animation) Reflect.set(copy, edge, Reflect.get(animation, edge));
    this.#copies.set(animation, copy);
    for (const property of animated) this.#held.add(property);
  }
}

/** Whether the keyframes define the property from the beginning to the end. */
function complete(keyframes: readonly ComputedKeyframe[], property: string): boolean {
  const of = keyframes.filter((keyframe) => property in keyframe);
  const replaces = of.every(({ composite }) => composite === "auto" || composite === "replace");
  return replaces && of[0]?.computedOffset === 0 && of.at(-1)?.computedOffset === 1;
}

function keepInStep(copy: Animation, { startTime, currentTime, playbackRate }: Animation): void {
  if (copy.playbackRate !== playbackRate) copy.playbackRate = playbackRate;
  if (startTime !== null) {
    if (copy.startTime !== startTime) copy.startTime = startTime;
  } else if (copy.startTime !== null || copy.currentTime !== currentTime) {
    copy.currentTime = currentTime;
    copy.pause();
  }
}
