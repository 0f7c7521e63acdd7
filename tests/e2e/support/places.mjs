/**
 * A page of photos in every place and state that style gives them, and how a screenshot shows whether a map
 * lies on its photo.
 */
import { MODEL, PNG } from "./stage.mjs";

/**
 * The photo: grey, with a ring of four colours, one to a quarter. The map that the tests paint is that ring
 * in four other colours, and nothing else: where it lies right, it hides the photo's ring and covers nothing
 * else.
 */
const [WIDTH, HEIGHT] = [400, 300];
const RING = [0.1, 0.25];
const PHOTO = [
  [0, 255, 255],
  [255, 255, 0],
  [0, 255, 0],
  [255, 0, 255],
];
const MAP = [
  [0, 0, 128],
  [128, 64, 0],
  [128, 0, 0],
  [64, 0, 128],
];
const GREY = [200, 200, 200];

/**
 * Largest difference of channels that count as one colour: edges are drawn smoothly, and pictures are
 * enlarged so.
 */
const SAME = 48;

const inRing = (x, y) => {
  const depth = Math.min(x, y, 1 - x, 1 - y);
  return depth >= RING[0] && depth < RING[1];
};
const quarter = (x, y) => (x < 0.5 ? 0 : 1) + (y < 0.5 ? 0 : 2);

/** The ring's picture, in colours that are given by quarter, on a ground that may be missing. */
function picture(colours, ground) {
  const png = new PNG({ width: WIDTH, height: HEIGHT });
  for (let at = 0; at < WIDTH * HEIGHT; at++) {
    const [x, y] = [((at % WIDTH) + 0.5) / WIDTH, (Math.floor(at / WIDTH) + 0.5) / HEIGHT];
    const colour = inRing(x, y) ? colours[quarter(x, y)] : ground;
    png.data.set(colour === undefined ? [0, 0, 0, 0] : [...colour, 255], 4 * at);
  }
  return `data:image/png;base64,${PNG.sync.write(png).toString("base64")}`;
}

const photo = picture(PHOTO, GREY);
const image = (attributes = `width="${WIDTH}" height="${HEIGHT}"`) =>
  `<img src="${photo}" alt="A ring" ${attributes}>`;
const element = (inside = image()) =>
  `<candling-view model="${MODEL}" loading="eager" opacity="1">${inside}</candling-view>`;

/**
 * `css`: "&" is the place. `html`: what stands there. `live`: it moves by itself, and is looked at several
 * times. `act`: what is done before it is looked at, in the page, with the place and its photo. `hover`: the
 * pointer is on it.
 */
export const places = [
  { name: "plain" },
  {
    name: "border, padding and round corners",
    css: "& img { border: 9px solid #333; padding: 7px; border-radius: 40px }",
  },
  { name: "mirrored", css: "& img { transform: scaleX(-1) }" },
  { name: "upside down", css: "& img { rotate: 180deg }" },
  { name: "turned by 30 degrees", css: "& img { transform: rotate(30deg) scale(.7) }" },
  {
    name: "skewed about a corner",
    css: "& img { transform: skewX(15deg) scale(.8); transform-origin: left bottom }",
  },
  {
    name: "individual properties",
    css: "& img { translate: 20px 10%; rotate: -20deg; scale: .6 .8; transform: translateX(5%) }",
  },
  { name: "in space", css: "& img { transform: perspective(600px) rotateY(40deg) rotateX(10deg) }" },
  {
    name: "in space within a figure",
    css: "& figure { perspective: 500px; margin: 0 } & img { transform: rotateY(-35deg) }",
    html: element(`<figure>${image()}</figure>`),
  },
  {
    name: "on a card that is turned in space",
    css: "& figure { perspective: 700px } & div { transform-style: preserve-3d; transform: rotateX(30deg) } & img { transform: rotateY(25deg) translateZ(20px) }",
    html: element(`<figure><div>${image()}</div></figure>`),
  },
  {
    name: "on a path",
    css: "& img { offset-path: path('M 180 140 L 320 160'); offset-distance: 30%; scale: .6 }",
  },
  { name: "a turned post", css: "& { rotate: 20deg; scale: .7 }" },
  {
    name: "a post in perspective",
    css: "& { perspective: 700px } & candling-view { transform: rotateY(30deg) }",
  },
  {
    name: "a turned photo in a turned post",
    css: "& { rotate: -15deg; scale: .8 } & img { rotate: 30deg; scale: .7; margin-left: 31.4px }",
  },
  { name: "zoomed", css: "& img { zoom: .7 }" },
  { name: "in a zoomed post", css: "& { zoom: .6 } & img { margin: 7.3px }" },
  {
    name: "in a zoomed figure",
    css: "& figure { zoom: .8; margin: 10px } & img { zoom: .9 }",
    html: element(`<figure>${image()}</figure>`),
  },
  {
    name: "contain, from the right",
    css: "& img { width: 380px; height: 340px; object-fit: contain; object-position: right 20px top 10px }",
  },
  {
    name: "contain, upright box",
    css: "& img { width: 200px; height: 340px; object-fit: contain; object-position: 50% calc(100% - 3em) }",
  },
  {
    name: "cover, from the bottom",
    css: "& img { width: 360px; height: 340px; object-fit: cover; object-position: right 30px bottom 0 }",
  },
  {
    name: "natural size in a smaller box",
    css: "& img { width: 330px; height: 280px; object-fit: none; object-position: left 10% top }",
  },
  {
    name: "natural size in a larger box",
    css: "& img { width: 440px; height: 330px; object-fit: none; object-position: bottom 5px right 9px }",
  },
  { name: "scaled down", css: "& img { width: 250px; height: 320px; object-fit: scale-down }" },
  {
    name: "cut by a figure",
    css: "& figure { width: 300px; height: 240px; margin: 5px; overflow: hidden; border: 6px solid #333; border-radius: 50px } & img { transform: scale(1.1) }",
    html: element(`<figure>${image()}</figure>`),
  },
  { name: "cut to a circle", css: "& img { clip-path: circle(38%) }" },
  { name: "masked", css: "& img { mask: linear-gradient(90deg, #000 60%, transparent 60%) }" },
  {
    name: "in a link that is turned",
    css: "& a { display: inline-block; transform: rotate(-10deg) scale(.8) }",
    html: element(`<a href="#x">${image()}</a>`),
  },
  {
    name: "in a <picture>",
    css: "& picture { rotate: 90deg } & img { scale: .7 }",
    html: element(`<picture>${image()}</picture>`),
  },
  { name: "beside the stage's corner", css: "& img { margin: 17.5px 0 0 33.3px; width: 70% }" },
  {
    name: "from right to left",
    css: "& candling-view { direction: rtl } & img { width: 60%; margin-inline-start: 12px }",
  },
  {
    name: "written downwards",
    css: "& candling-view { writing-mode: vertical-rl } & img { width: 300px; height: auto }",
  },
  { name: "columns", css: "& { columns: 2 }", html: `<p>Words.</p>${element()}<p>More words.</p>` },
  {
    name: "a flex item",
    css: "& { display: flex } & candling-view { flex: 1 } & img { width: 100% }",
    html: `<p>Words</p>${element()}`,
  },
  {
    name: "a flex container",
    css: "& candling-view { display: flex; flex-direction: column; height: 300px } & candling-view::part(stage) { flex: 1; min-height: 0 } & img { width: 100%; height: 100%; object-fit: contain }",
  },
  {
    name: "contained",
    css: "& candling-view { container-type: inline-size; contain: paint } & img { width: 80cqi }",
  },
  {
    name: "out of the flow",
    css: "& candling-view { height: 320px } & img { position: absolute; right: 12px; bottom: 9px; width: 70% }",
  },
  {
    name: "sticky in a scroller",
    css: "& div { height: 280px; overflow: auto } & img { position: sticky; top: 12px; scale: .8 } & p { height: 300px }",
    html: `<div>${element(`${image()}<p>Words.</p>`)}</div>`,
    act: (place) => (place.querySelector("div").scrollTop = 90),
  },
  {
    name: "scrolled within the element",
    css: "& figure { height: 250px; overflow: auto; margin: 0 } & p { height: 200px; margin: 0 }",
    html: element(`<figure><p>Words.</p>${image()}</figure>`),
    act: (place) => (place.querySelector("figure").scrollTop = 120),
  },
  {
    name: "an attribute turns it later",
    css: "& img.turned { transform: rotate(90deg) scale(.7) }",
    act: (_place, photo) => photo.classList.add("turned"),
  },
  {
    name: "a class of the post mirrors it later",
    css: "&.turned img { transform: scaleX(-1) }",
    act: (place) => place.classList.add("turned"),
  },
  {
    name: "a margin moves it later",
    css: "& { --x: 0px } & img { width: 300px; margin-left: var(--x) }",
    act: (place) => place.style.setProperty("--x", "77px"),
  },
  {
    name: "a sheet turns it later",
    act: (place) =>
      place.ownerDocument.adoptedStyleSheets.push(Object.assign(new CSSStyleSheet(), { media: "all" })) &&
      place.ownerDocument.adoptedStyleSheets
        .at(-1)
        .replaceSync(`#${place.id} img { rotate: 170deg; scale: .8 }`),
  },
  {
    name: "words above it later",
    html: element(`<figure><p></p>${image()}</figure>`),
    act: (place) => (place.querySelector("p").textContent = "Words."),
  },
  {
    name: "shown later",
    css: "& img.gone { display: none }",
    html: element(image(`class="gone" width="${WIDTH}" height="${HEIGHT}"`)),
    act: (_place, photo) => photo.classList.remove("gone"),
  },
  {
    name: "pointed at, at once",
    css: "& candling-view:hover img { transform: scale(-.8, .8) }",
    hover: true,
  },
  {
    name: "pointed at, slowly",
    css: "& img { transition: transform 4s } & candling-view:hover img { transform: scale(.5) rotate(40deg) }",
    hover: true,
    live: true,
  },
  {
    name: "pointed at, in a figure",
    css: "& figure { overflow: hidden; width: 400px; margin: 0 } & img { transition: scale 4s } & figure:hover img { scale: 1.3 }",
    html: element(`<figure>${image()}</figure>`),
    hover: true,
    live: true,
  },
  {
    name: "comes in",
    css: "@keyframes come { from { transform: scale(.5) } } & img { animation: come 6s infinite }",
    live: true,
  },
  {
    name: "slides and turns",
    css: "@keyframes slide { from { translate: -150px; rotate: -40deg } to { translate: 150px; rotate: 60deg } } & img { animation: slide 3s ease-in-out infinite alternate; scale: .5 }",
    live: true,
  },
  {
    name: "turns over",
    css: "@keyframes turn { to { transform: perspective(800px) rotateY(70deg) } } & img { animation: turn 4s linear infinite alternate }",
    live: true,
  },
  {
    name: "its figure swings",
    css: "@keyframes swing { from { transform: rotate(-15deg) scale(.7) } to { transform: rotate(15deg) scale(.7) } } & figure { animation: swing 2s ease-in-out infinite alternate }",
    html: element(`<figure>${image()}</figure>`),
    live: true,
  },
  {
    name: "its post swings",
    css: "@keyframes swing { from { transform: rotate(-15deg) scale(.7) } to { transform: rotate(15deg) scale(.7) } } & { animation: swing 2s ease-in-out infinite alternate }",
    live: true,
  },
  {
    name: "grows",
    css: "@keyframes grow { from { width: 150px; margin-left: 0 } to { width: 350px; margin-left: 50px } } & img { animation: grow 3s linear infinite alternate }",
    live: true,
  },
  {
    name: "a variable turns it",
    css: "@property --turn { syntax: '<angle>'; inherits: true; initial-value: 0deg } @keyframes whirl { to { --turn: 360deg } } & { animation: whirl 8s linear infinite } & img { rotate: var(--turn); scale: .6 }",
    live: true,
  },
  {
    name: "a script animates it",
    live: true,
    act: (_place, photo) =>
      void photo.animate(
        [{ transform: "rotate(0deg) scale(.6)" }, { transform: "rotate(360deg) scale(.6)" }],
        { duration: 6000, iterations: Infinity },
      ),
  },
  {
    name: "a script adds to its turn",
    css: "& img { transform: scale(.6) }",
    live: true,
    act: (_place, photo) =>
      void photo.animate([{ transform: "rotate(0deg)" }, { transform: "rotate(360deg)" }], {
        duration: 20_000,
        iterations: Infinity,
        composite: "add",
      }),
  },
  {
    name: "a script moves it in each frame",
    live: true,
    act: (_place, photo) => {
      const step = (now) => {
        photo.style.transform = `translateX(${60 * Math.sin(now / 300)}px) rotate(${now / 20}deg) scale(.6)`;
        requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    },
  },
  {
    name: "as far as the page is scrolled",
    css: "@keyframes reveal { from { scale: .2; rotate: 45deg } to { scale: .9; rotate: none } } & img { animation: reveal linear both; animation-timeline: view() }",
  },
];

/** The page. Its scripts are the element's and nothing else. */
export function page() {
  const sections = places.map(({ html = element() }, at) => `<section id="place-${at}">${html}</section>`);
  const styles = places.map(({ css = "" }, at) => css.replaceAll("&", `#place-${at}`));
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Places</title><link rel="icon" href="/favicon.svg">
    <script type="module" src="/lib/candling-view.js"></script>
    <style>
      body { margin: 0; background: #222; color: #222 }
      section { width: 480px; min-height: 360px; margin: 60px auto }
      ${styles.join("\n")}
      candling-view { --candling-reveal: 0ms }
    </style>${sections.join("")}</html>`;
}

/** Paints the ring on every map; runs in the page. */
export function paintRings(ring) {
  const picture = new Image();
  picture.src = ring;
  return picture.decode().then(() => {
    for (const { shadowRoot } of document.querySelectorAll("candling-view")) {
      const canvas = shadowRoot.querySelector("canvas");
      Object.assign(canvas, { width: picture.width, height: picture.height });
      canvas.getContext("2d").drawImage(picture, 0, 0);
    }
  });
}

export const ring = picture(MAP);

/** The colour of each pixel: 1 to 4 the photo's ring, 5 to 8 the map's, 0 any other. */
export function colours({ data, width, height }) {
  const all = [...PHOTO, ...MAP];
  const near = (at, colour) =>
    colour.every((value, channel) => Math.abs(data[4 * at + channel] - value) < SAME);
  return Uint8Array.from(
    { length: width * height },
    (_, at) => 1 + all.findIndex((colour) => near(at, colour)),
  );
}

/**
 * The number of pixels that meet a condition together with all their neighbours: edges are drawn smoothly,
 * and do not count.
 */
export function inside({ width, height }, holds) {
  let count = 0;
  for (let y = 2; y < height - 2; y++) {
    for (let x = 2; x < width - 2; x++) {
      let all = true;
      for (let dy = -2; all && dy <= 2; dy++)
        for (let dx = -2; all && dx <= 2; dx++) all = holds((y + dy) * width + x + dx);
      if (all) count++;
    }
  }
  return count;
}
