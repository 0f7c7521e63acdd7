/** Lays a canvas on exactly the pixels of an image, wherever the post's style puts these. */

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The canvas has the photo's proportions, so the browser cuts it in the same way where the photo is larger than its box. */
export function lay(canvas: HTMLCanvasElement, image: HTMLImageElement, stage: HTMLElement): void {
  const style = getComputedStyle(image);
  put(canvas, pictureBox(image, style, stage));
  canvas.style.objectFit = fitsInside(style) ? "fill" : style.objectFit;
  canvas.style.objectPosition = style.objectPosition;
  canvas.style.borderRadius = style.borderRadius;
}

/** As `lay`, for what lies over the picture as a whole. */
export function cover(element: HTMLElement, image: HTMLImageElement, stage: HTMLElement): void {
  put(element, pictureBox(image, getComputedStyle(image), stage));
}

function put(element: HTMLElement, { left, top, width, height }: Box): void {
  element.style.left = `${left}px`;
  element.style.top = `${top}px`;
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
}

/** The image without border, padding, and bars beside the picture, in pixels from the stage's corner. */
function pictureBox(image: HTMLImageElement, style: CSSStyleDeclaration, stage: HTMLElement): Box {
  const outer = image.getBoundingClientRect();
  const origin = stage.getBoundingClientRect();
  // Rectangles are those of the screen; a slide or a preview may have scaled the post.
  const scale = stage.offsetWidth > 0 && origin.width > 0 ? origin.width / stage.offsetWidth : 1;
  const inset = (side: "Left" | "Right" | "Top" | "Bottom") =>
    Number.parseFloat(style[`border${side}Width`]) + Number.parseFloat(style[`padding${side}`]);
  const content = {
    left: (outer.left - origin.left) / scale + inset("Left"),
    top: (outer.top - origin.top) / scale + inset("Top"),
    width: outer.width / scale - inset("Left") - inset("Right"),
    height: outer.height / scale - inset("Top") - inset("Bottom"),
  };
  return fitsInside(style) && image.naturalWidth > 0 ? inside(content, image, style) : content;
}

/** Whether the whole picture is seen, and bars are left beside it. */
function fitsInside({ objectFit }: CSSStyleDeclaration): boolean {
  return objectFit === "contain" || objectFit === "scale-down";
}

/** `object-fit` and `object-position` of CSS Images 3, for pictures that fit into their box. */
function inside(box: Box, { naturalWidth, naturalHeight }: HTMLImageElement, { objectFit, objectPosition }: CSSStyleDeclaration): Box {
  const whole = Math.min(box.width / naturalWidth, box.height / naturalHeight);
  const scale = objectFit === "scale-down" ? Math.min(1, whole) : whole;
  const [width, height] = [naturalWidth * scale, naturalHeight * scale];
  const [across = "50%", down = "50%"] = objectPosition.split(" ");
  const start = (position: string, free: number) =>
    position.endsWith("%") ? (Number.parseFloat(position) / 100) * free : Number.parseFloat(position);
  return { left: box.left + start(across, box.width - width), top: box.top + start(down, box.height - height), width, height };
}
