/** Lays a canvas on exactly the pixels of an image, wherever the post's style puts these. */

/** The canvas has the photo's proportions, so the browser fits it into the same box in the same way. */
export function lay(canvas: HTMLCanvasElement, image: HTMLImageElement, stage: Element): void {
  const style = getComputedStyle(image);
  const box = contentBox(image, style, stage);
  canvas.style.left = `${box.left}px`;
  canvas.style.top = `${box.top}px`;
  canvas.style.width = `${box.width}px`;
  canvas.style.height = `${box.height}px`;
  canvas.style.objectFit = style.objectFit;
  canvas.style.objectPosition = style.objectPosition;
  canvas.style.borderRadius = style.borderRadius;
}

/** As `lay`, for what lies over the image as a whole. */
export function cover(element: HTMLElement, image: HTMLImageElement, stage: Element): void {
  const box = contentBox(image, getComputedStyle(image), stage);
  element.style.left = `${box.left}px`;
  element.style.top = `${box.top}px`;
  element.style.width = `${box.width}px`;
  element.style.height = `${box.height}px`;
}

/** The image without border and padding, in pixels from the stage's corner. */
function contentBox(image: HTMLImageElement, style: CSSStyleDeclaration, stage: Element) {
  const outer = image.getBoundingClientRect();
  const origin = stage.getBoundingClientRect();
  const inset = (side: "Left" | "Right" | "Top" | "Bottom") =>
    Number.parseFloat(style[`border${side}Width`]) + Number.parseFloat(style[`padding${side}`]);
  return {
    left: outer.left - origin.left + inset("Left"),
    top: outer.top - origin.top + inset("Top"),
    width: outer.width - inset("Left") - inset("Right"),
    height: outer.height - inset("Top") - inset("Bottom"),
  };
}
