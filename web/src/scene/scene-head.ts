import type { ReportData } from "../../../src/export/report-data.ts";
import { element } from "../../../src/viewer/dom.ts";
import { adviceScene } from "../photos/capture-advice.ts";
import type { FinishedScene } from "./finished-scene.ts";

/** What became of the photos: a title, what the viewer says of itself (`status`), and advice where the scene is weak. */
export function sceneHead({ data, leftOut }: FinishedScene, isSample: boolean, status: HTMLElement): HTMLElement {
  const advice = [...leftOut.map((name) => `${name} cannot be read and was left out.`), ...adviceScene(data)];
  const lines = advice.map((line) => element("li", {}, line));
  const about = isSample ? [element("p", {}, "A sample: four pictures of a courtyard, drawn by a computer.")] : [];
  return element(
    "section",
    { className: "scene-head" },
    element("h2", { className: "scene-title" }, titleOf(data)),
    status,
    ...about,
    ...(lines.length > 0 ? [element("ul", { className: "advice" }, ...lines)] : []),
    ...(data.warnings.length > 0 ? [warningsFold(data.warnings)] : []),
  );
}

/** What the run says itself; the advice is about the same in the words of somebody with a camera. */
function warningsFold(warnings: readonly string[]): HTMLElement {
  const lines = warnings.map((warning) => element("p", { className: "quiet" }, warning));
  return element(
    "details",
    { className: "run-warnings" },
    element("summary", {}, `Warnings of the run (${warnings.length})`),
    ...lines,
  );
}

function titleOf({ images, status }: ReportData): string {
  const registered = images.filter((image) => image.registered).length;
  if (status === "no-evidence") return "A doubtful scene";
  return registered === images.length ? "The scene is ready" : `${registered} of ${images.length} photos fit together`;
}
