/**
 * Whether the left of a photo is seen elsewhere because a page's style mirrors or rotates the photo or a box
 * around it.
 */
import { flatTreeParent } from "../dom/flat-tree-parent.js";

export function isTurned(photo: Element): boolean {
  const whole = new DOMMatrix();
  for (let node: Node | null = photo; node !== null; node = flatTreeParent(node)) {
    if (!(node instanceof Element)) continue;
    const { rotate, scale, transform } = getComputedStyle(node);
    const own = new DOMMatrix(transform);
    if (scale !== "none")
      own.preMultiplySelf(new DOMMatrix(`scale3d(${[...scale.split(" "), ...implied(scale)].join()})`));
    if (rotate !== "none") own.preMultiplySelf(new DOMMatrix(turn(rotate)));
    whole.preMultiplySelf(own);
  }
  // whether the photo's own axes point less to the right and down than aside
  return whole.m11 <= Math.abs(whole.m12) || whole.m22 <= Math.abs(whole.m21);
}

/** The parts that a value of the property `scale` leaves out. */
function implied(scale: string): readonly string[] {
  const given = scale.split(" ");
  return [given[0] ?? "1", "1"].slice(given.length - 1);
}

/**
 * A value of the property `rotate`, which names an axis by a letter or by three numbers, as a transform
 * function.
 */
function turn(rotate: string): string {
  const parts = rotate.split(" ");
  const angle = parts.pop() ?? "0deg";
  if (parts.length === 3) return `rotate3d(${parts.join()},${angle})`;
  return `rotate${(parts[0] ?? "z").toUpperCase()}(${angle})`;
}
