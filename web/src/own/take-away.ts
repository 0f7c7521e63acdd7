/** Export of the audit as files. */
import { examine } from "../bias/examine.js";
import { checkPixels } from "../canvas.js";
import type { Candling } from "../candling.js";
import { byId, make } from "../dom/page.js";
import { LongRun } from "../dom/long-run.js";
import { saveBlob } from "../dom/save.js";
import { sentence } from "../words/sentence.js";
import { measure, type Row } from "./findings.js";
import type { Inspection } from "./inspection.js";
import { fileName } from "./model-files.js";
import type { Network } from "./network.js";
import { type Audit, csvOf, jsonOf, pageOf, type MapPicture } from "./report.js";
import type { PhotoSession } from "./session.js";
import { sorted } from "./sheet.js";
import { showError, clearError } from "./voice.js";
import { count, wasAborted } from "./words.js";

/** Largest number of photos in the report: those with the least evidence. */
const MOST_PICTURES = 200;
/** Their longest side in pixels, and JPEG quality. */
const SIDE = 192;
const QUALITY = 0.8;

const csv = byId("save-csv", HTMLButtonElement);
const json = byId("save-json", HTMLButtonElement);
const report = byId("save-report", HTMLButtonElement);
const hint = byId("export-hint", HTMLElement);

export function listenForExports(session: PhotoSession, network: Network, inspection: Inspection): void {
  const refresh = () => {
    const examined = inspection.found;
    for (const button of [csv, json]) button.disabled = examined === 0;
    // while it is written, its button cancels it
    if (byId("report-bar", HTMLProgressElement).hidden) report.disabled = examined === 0;
    const capped =
      examined > MOST_PICTURES
        ? ` The report shows the ${MOST_PICTURES} with the least evidence inside.`
        : "";
    const done = `${examined.toLocaleString("en-GB")} of ${count(session.photos.size, "photo")} examined.`;
    hint.textContent = examined === 0 ? "Examine the photos first." : `${done}${capped}`;
  };
  inspection.onShown = refresh;

  /** measures every region; photos without results have no rows */
  const audit = async (): Promise<Audit | undefined> => {
    const { model, regions } = session;
    for (const other of regions) await measure(session, network.examiner, other);
    const { rows, summary, region, basis } = await inspection.audit();
    const told = rows.filter(({ predicted, error }) => predicted !== "" || error !== "");
    return model === undefined
      ? undefined
      : { model, rows: told, summary, regions, region, basis, leftOut: session.leftOut };
  };
  const save = async (made: (audit: Audit) => Blob | Promise<Blob>, ending: string) => {
    try {
      const all = await audit();
      if (all !== undefined) saveBlob(await made(all), `${fileName(all.model)}-audit.${ending}`);
      clearError("files");
    } catch (error) {
      if (!wasAborted(error)) showError("files", sentence(error));
    }
  };
  csv.addEventListener(
    "click",
    () => void save((all) => new Blob([csvOf(all)], { type: "text/csv;charset=utf-8" }), "csv"),
  );
  json.addEventListener(
    "click",
    () => void save((all) => new Blob([jsonOf(all)], { type: "application/json" }), "json"),
  );
  new LongRun("save-report", "report-bar", (progress, end) =>
    save(async (all) => {
      const candling = await network.judge(all.model);
      const rows = sorted(
        all.rows.filter(({ error }) => error === ""),
        "least",
      ).slice(0, MOST_PICTURES);
      const pictures: MapPicture[] = [];
      for (const row of rows) {
        progress(pictures.length, rows.length);
        pictures.push({ row, source: await pictured(candling, row, end) });
      }
      return new Blob([pageOf(all, pictures)], { type: "text/html;charset=utf-8" });
    }, "html"),
  );
}

/** The photo with its map, as a `data:` URL. It is computed again, so that no pictures have to be kept. */
async function pictured(candling: Candling, { photo }: Row, signal: AbortSignal): Promise<string> {
  const canvas = make("canvas");
  await examine(candling, photo.blob, { signal, place: { canvas, size: SIDE } });
  checkPixels();
  return canvas.toDataURL("image/jpeg", QUALITY);
}
