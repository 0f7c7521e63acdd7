/** Repeats the animations of one element on another, on the same timeline and from the same moment: where a browser runs animations apart from
 *  the page's scripts, both are in step in every frame, which no script could keep them. */

/** Which of these properties are left to the copies, and whether anything moves at all. */
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

  /** As the source is animated now, in those of the properties that are given. */
  follow(source: Element, properties: readonly string[]): Movement {
    const sources = source.getAnimations();
    // Of two animations of one property, the later one counts: copies are made in the order of their sources.
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
    // What is added to a value below it, or begins or ends in one, is read frame by frame instead: below the copy lies another value.
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
    // Ranges of timelines that follow a scroller: not every browser has them.
    for (const edge of ["rangeStart", "rangeEnd"])
      if (edge in animation) Reflect.set(copy, edge, Reflect.get(animation, edge));
    this.#copies.set(animation, copy);
    for (const property of animated) this.#held.add(property);
  }
}

/** Whether the keyframes say the property's values from the beginning to the end. */
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
