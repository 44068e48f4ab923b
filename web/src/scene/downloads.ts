import { element } from "../../../src/viewer/dom.ts";
import { saveFile } from "../../../src/viewer/save-file.ts";
import { messageOf } from "../message-of.ts";
import { DOWNLOADS, type DownloadKind, type FinishedScene } from "./finished-scene.ts";

/** What downloads depend on. */
export interface DownloadsOptions {
  readonly metersPerUnit: () => number | null;
  /** A download failed, in words. */
  readonly onProblem: (problem: string) => void;
}

/** A button for each file of the scene; files are made when they are asked for. */
export function downloadsSection(scene: FinishedScene, { metersPerUnit, onProblem }: DownloadsOptions): HTMLElement {
  const buttons = Object.entries(DOWNLOADS).map(([kind, { title, told, file }]) => {
    const state = element("small", {}, told);
    const button = element("button", { type: "button", className: "download" }, element("b", {}, title), state);
    button.dataset.testid = `download-${kind}`;
    button.addEventListener("click", async () => {
      button.ariaBusy = "true";
      button.disabled = true;
      state.textContent = "Making the file …";
      try {
        const scale = scene.scalable ? metersPerUnit() : null;
        saveFile(file, await scene.download(kind as DownloadKind, scale, {}));
      } catch (error) {
        onProblem(messageOf(error));
      } finally {
        state.textContent = told;
        button.disabled = false;
        button.ariaBusy = "false";
      }
    });
    return button;
  });
  const note = "A length that is typed in changes what is shown, not these files: the server made them.";
  return element(
    "section",
    {},
    element("h2", {}, "Download"),
    element("div", { className: "downloads" }, ...buttons),
    ...(scene.scalable ? [] : [element("p", { className: "quiet small downloads-note" }, note)]),
  );
}
