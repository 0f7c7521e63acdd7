/** Positions of the pictures in a PDF made by Chromium. */
import { inflateSync } from "node:zlib";

/**
 * Objects by number, as the table at the end lists them: their dictionary, and their stream where they have
 * one.
 */
function objects(pdf) {
  const text = pdf.toString("latin1");
  const table = text.slice(Number(/startxref\s+(\d+)/.exec(text)[1]));
  const places = [...table.matchAll(/^(\d{10}) \d{5} [nf]/gm)].map(([, place]) => Number(place));
  const starts = new Map(places.map((place, number) => [number, place]));
  return new Map([...starts].map(([number, start]) => [number, objectAt(pdf, text, start)]));
}

function objectAt(pdf, text, start) {
  const end = text.indexOf("endobj", start);
  const stream = /stream\r?\n/g;
  stream.lastIndex = start;
  const { index = Number.POSITIVE_INFINITY, 0: word } = stream.exec(text) ?? {};
  if (index > end) return { dictionary: text.slice(start, end) };
  const dictionary = text.slice(start, index);
  return {
    dictionary,
    bytes: pdf.subarray(
      index + word.length,
      index + word.length + Number(/\/Length (\d+)/.exec(dictionary)[1]),
    ),
  };
}

const times = ([a, b, c, d, e, f], [g, h, i, j, k, l]) => [
  a * g + b * i,
  a * h + b * j,
  c * g + d * i,
  c * h + d * j,
  e * g + f * i + k,
  e * h + f * j + l,
];

/**
 * The pictures of each page in drawing order: their pixels, and their matrix, which maps the unit square to
 * points.
 */
export function picturesIn(pdf) {
  const all = objects(pdf);
  const pages = [...all.values()].filter(({ dictionary }) => /\/Type \/Page\b(?!s)/.test(dictionary));
  return pages.map(({ dictionary }) => {
    const pictures = [];
    const draw = ({ bytes, dictionary }, outer) => {
      const content = (/FlateDecode/.test(dictionary) ? inflateSync(bytes) : bytes).toString("latin1");
      let matrix = outer;
      const kept = [];
      let given = [];
      for (const [word] of content
        .replace(/\((?:\\.|[^\\)])*\)|<[0-9A-Fa-f]*>/g, " ")
        .matchAll(/[^\s[\]]+/g)) {
        if (/^[-+.\d/]/.test(word)) {
          given.push(word);
          continue;
        }
        if (word === "q") kept.push(matrix);
        if (word === "Q") matrix = kept.pop();
        if (word === "cm") matrix = times(given.slice(-6).map(Number), matrix);
        if (word === "Do") {
          const drawn = all.get(Number(/\d+$/.exec(given.at(-1))[0]));
          const [width, height] = ["Width", "Height"].map((name) =>
            Number(new RegExp(`/${name} (\\d+)`).exec(drawn.dictionary)?.[1]),
          );
          if (/\/Subtype \/Image/.test(drawn.dictionary)) pictures.push({ width, height, matrix });
          else draw(drawn, matrix);
        }
        given = [];
      }
    };
    draw(all.get(Number(/\/Contents (\d+) 0 R/.exec(dictionary)[1])), [1, 0, 0, 1, 0, 0]);
    return pictures;
  });
}
