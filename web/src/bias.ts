/**
 * Entry point of the lesson, in which a network learns the wrong thing, is caught, and is mended: connects
 * its steps.
 */
import { Again } from "./bias/again.js";
import { Classroom } from "./bias/classroom.js";
import { Compare } from "./bias/compare.js";
import { Elsewhere } from "./bias/elsewhere.js";
import { keepForLater } from "./bias/keep.js";
import { Light } from "./bias/light.js";
import { Mend } from "./bias/mend.js";
import { fetchPictures, type Pictures } from "./bias/pictures.js";
import type { Story } from "./bias/story.js";
import { Take } from "./bias/take.js";
import { Teach } from "./bias/teach.js";
import { Trainer } from "./bias/trainer.js";
import { showOffer } from "./dom/message.js";
import { byId, found } from "./dom/page.js";
import { listenForColours } from "./site/colours.js";
import { sentence } from "./words/sentence.js";

async function pictures(trainer: Trainer): Promise<Pictures> {
  for (;;) {
    try {
      return await fetchPictures(trainer);
    } catch (error) {
      found(byId("teach", HTMLElement), ".status", HTMLElement).textContent =
        "The lesson waits for its pictures.";
      await new Promise<void>((again) => showOffer(sentence(error), "Try again", again));
    }
  }
}

// a reload starts from the beginning, as nothing is stored
history.scrollRestoration = "manual";
const trainer = new Trainer();
const loaded = await pictures(trainer);
const story: Story = {
  pictures: loaded,
  trainer,
  classroom: new Classroom(trainer, (network, model) =>
    keepForLater(network, model, "It begins the lesson anew."),
  ),
  biased: undefined,
  mended: undefined,
  lesson: loaded.of("train_biased"),
};
const teach = new Teach(story);
const elsewhere = new Elsewhere(story);
const light = new Light(story, [teach.like, elsewhere.sheet]);
const mend = new Mend(story);
const compare = new Compare(story);
const again = new Again(story, [teach.like, elsewhere.sheet], compare);
const take = new Take(story);

/** Repaints maps in the current colours: the large ones first, then the sheets, the nearest first. */
async function repaint(signal: AbortSignal): Promise<void> {
  await Promise.all([light.repaint(), compare.repaint()]);
  const sheets = [teach.like, elsewhere.sheet, light.sheet, compare.sheet].sort((a, b) => a.away - b.away);
  for (const sheet of sheets) {
    // a model that was retrained meanwhile answers no more, and its successor is painted anew
    await sheet.repaint(signal).catch(() => {});
    if (signal.aborted) return;
  }
}
let painting = new AbortController();
listenForColours(() => {
  painting.abort();
  painting = new AbortController();
  void repaint(painting.signal);
});

const steps = [teach, elsewhere, light, again];
for (const [at, step] of steps.entries()) {
  step.onBusy = (busy) => {
    for (const other of steps) if (other !== step) other.rest(busy);
  };
  step.onUndone = () => {
    for (const later of steps.slice(at + 1)) later.close("First do the step before it, to its end.");
    if (step !== again) mend.close();
  };
}
teach.onDone = () => {
  elsewhere.open();
  take.open();
};
elsewhere.onDone = () => light.open();
light.onDone = () => {
  mend.open();
  if (mend.isDone) again.open();
};
mend.onChange = () => again.outdate("Its photos have changed since: teach it again.");
again.onDone = () => take.open();
teach.open();
byId("lesson", HTMLElement).ariaBusy = "false";
