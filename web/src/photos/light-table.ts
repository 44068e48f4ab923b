import { element } from "../../../src/viewer/dom.ts";
import { turnedPicture } from "./tray.ts";
import type { TrayPhoto } from "./tray-photo.ts";

/** The photos spread over the stage, as long as there is no scene to see there. */
export function lightTable(photos: readonly TrayPhoto[]): HTMLElement {
  const columns = Math.ceil(Math.sqrt(photos.length));
  const prints = photos.map((photo) => element("div", { className: "print" }, turnedPicture(photo)));
  const table = element("div", { className: "light-table", ariaHidden: "true" }, ...prints);
  table.style.setProperty("--columns", String(columns));
  return table;
}
