/** Which classes somebody may mean by what they typed. */
import { itemAt } from "../platform/known.js";

export interface ClassName {
  readonly index: number;
  readonly label: string;
  readonly probability?: number;
}

export interface Suggested {
  readonly classes: readonly ClassName[];
  /** Information for choosing it; empty if there is none. */
  readonly note: string;
}

/**
 * Everyday words that few or no classes of our network have in their names, then classes. Short, as every
 * visit loads it.
 */
const SYNONYMS = `
person people human man woman boy girl child face: baseball player, bridegroom, scuba diver
house home building: mobile home, palace, castle, barn, yurt, church, patio
car automobile vehicle: sports car, convertible, taxicab, limousine, jeep, minivan
lorry: pickup truck, tow truck, garbage truck, semi-trailer truck
plane airplane aeroplane jet: airliner, military aircraft, airplane wing
motorbike motorcycle: moped, motor scooter
tv telly: television
sofa: couch
fridge: refrigerator
shoe shoes: sneaker, slip-on shoe, sandal, clogs
trousers pants: jeans
gun pistol: revolver, rifle, assault rifle
flower: daisy, yellow lady's slipper, rose hip
bread: baguette, bagel, pretzel
cow cattle: ox, water buffalo, bison
chicken: hen, rooster
kitten: tabby cat, tiger cat, Persian cat
puppy: Golden Retriever, Beagle, pug
sea ocean lake: lakeshore, beach, sandbar`;

/** First class of the line of words that have no class of their own. */
const PEOPLE = "baseball player";

/**
 * Suggests classes, in this order: the whole name or the index, whole words of a name, the beginning of a
 * word, another part, and what an everyday word stands for; only if none is found, names with words misspelt
 * by a letter or a quarter of their letters. Case and accents do not matter.
 */
export function suggest(typed: string, classes: readonly ClassName[]): Suggested {
  const wanted = plain(typed);
  if (wanted === "") return { classes, note: "" };
  const ranks: ClassName[][] = [[], [], [], [], []];
  for (const each of classes) ranks[rank(wanted, plain(each.label), String(each.index))]?.push(each);
  const others = synonymsOf(wanted);
  const known = others.flatMap((name) => classes.find(({ label }) => label === name) ?? []);
  const found = [...new Set([...ranks.flat(), ...known])];
  const isPeople = others[0] === PEOPLE && known.length > 0;
  const note = isPeople ? "People are not among its classes, but for these." : "";
  return { classes: found.length > 0 ? found : misspelt(wanted, classes), note };
}

/** Normalises a text for comparison: lower case, without accents, and with one space between words. */
function plain(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .join(" ");
}

/** Rank of a match: 0 for the whole name to 3 for a part of it; infinite if there is none. */
function rank(wanted: string, label: string, index: string): number {
  if (label === wanted || index === wanted) return 0;
  if (` ${label} `.includes(` ${wanted} `)) return 1;
  if (` ${label}`.includes(` ${wanted}`)) return 2;
  return label.includes(wanted) ? 3 : Number.POSITIVE_INFINITY;
}

function synonymsOf(wanted: string): readonly string[] {
  for (const line of SYNONYMS.trim().split("\n")) {
    const [words = "", names = ""] = line.split(": ");
    if (words.split(" ").includes(wanted)) return names.split(", ");
  }
  return [];
}

/** Classes in which each typed word is nearly a word, the nearest first. */
function misspelt(wanted: string, classes: readonly ClassName[]): readonly ClassName[] {
  const typed = wanted.split(" ");
  const near = classes.flatMap((each) => {
    const words = plain(each.label).split(" ");
    const apart = typed.map((word) => Math.min(...words.map((other) => distance(word, other))));
    const isNear = typed.every((word, at) => itemAt(apart, at) <= Math.max(1, Math.floor(word.length / 4)));
    return isNear ? [{ each, apart: apart.reduce((sum, one) => sum + one, 0) }] : [];
  });
  return near.sort((a, b) => a.apart - b.apart).map(({ each }) => each);
}

/**
 * Edit distance: letters that are changed, added, left out or exchanged with their neighbour (optimal string
 * alignment).
 */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let least = Math.min(
        itemAt(last, j) + 1,
        itemAt(row, j - 1) + 1,
        itemAt(last, j - 1) + Number(!isSame),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, itemAt(before, j - 2) + 1);
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return itemAt(last, b.length);
}
