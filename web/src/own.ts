/** Entry point of the page for the visitor's own pictures: connects its parts. */
import { byId } from "./dom/page.js";
import { Cards } from "./own/cards.js";
import { listenForExample } from "./own/example.js";
import { Inspection } from "./own/inspection.js";
import { Intake } from "./own/intake.js";
import { listenForClearing, losses } from "./own/keeping.js";
import { listenForMasks } from "./own/masks.js";
import { listenForModels } from "./own/model-files.js";
import { Network } from "./own/network.js";
import { listenForRegions } from "./own/regions.js";
import { PhotoSession } from "./own/session.js";
import { Store } from "./own/store.js";
import { listenForExports } from "./own/take-away.js";
import { Training } from "./own/training.js";
import { Viewer } from "./own/viewer.js";
import { showError } from "./own/voice.js";

const store = await Store.open((why) => showError("keeping", losses[why]));
const session = new PhotoSession(store, await store.read());
const network = new Network(session);
const viewer = new Viewer(session, network);
const open = viewer.open.bind(viewer);

const intake = new Intake(session, network);
intake.listenForDrops(new Cards(session, open, (of, files) => intake.choose(of, files)));

const inspection = new Inspection(session, network, open);
const training = new Training(session, network);
training.onTrained = () => inspection.begin();
listenForModels(session, network, () => {
  training.stop();
  inspection.begin();
});
listenForRegions(session);
listenForMasks(session, network);
listenForExample(session, network, intake);
listenForExports(session, network, inspection);
listenForClearing(session, () => {
  for (const part of [intake, training, inspection]) part.forget();
});

// show the restored session in one go
await Promise.all([training.show(), inspection.show()]);
byId("own", HTMLElement).ariaBusy = "false";
