import { element } from "../../src/viewer/dom.ts";
import { lightTable } from "./photos/light-table.ts";
import type { TrayPhoto } from "./photos/tray-photo.ts";

/** What the stage shows, as its `data-state`. */
export type StageState = "empty" | "running" | "ready" | "failed";

const EMPTY_PICTURE = "M8 34l24-14 24 14-24 14zM8 34v14l24 14 24-14V34M32 4v16M24 12l8 8 8-8";

/** The large half of the page: photos, progress or a reason over it; the viewer draws beneath. */
export class Stage {
  readonly node: HTMLElement;
  #overlay: HTMLElement | null = null;

  constructor(node: HTMLElement) {
    this.node = node;
  }

  /** Says what is shown, and lays nodes over the stage in place of those before. */
  show(state: StageState, ...overlay: readonly Node[]): void {
    this.#overlay?.remove();
    this.#overlay = null;
    if (overlay.length > 0) {
      this.#overlay = element("div", { className: "overlay" }, ...overlay);
      this.node.append(this.#overlay);
    }
    this.node.dataset.state = state;
  }

  /** The photos that wait for a reconstruction, or what to do where there are none. */
  showPhotos(photos: readonly TrayPhoto[]): void {
    this.show("empty", photos.length > 0 ? lightTable(photos) : emptyHint());
  }

  /** Why there is no scene. */
  fail(photos: readonly TrayPhoto[], reason: string): void {
    const card = element("section", { className: "run-card failed", role: "alert" });
    card.append(
      element("h2", {}, "There is no scene"),
      element("p", { className: "failed-reason" }, reason),
      element("p", { className: "quiet" }, "The photos are still here: change them, and reconstruct again."),
    );
    this.show("failed", lightTable(photos), card);
  }
}

function emptyHint(): HTMLElement {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("viewBox", "0 0 64 66");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", EMPTY_PICTURE);
  picture.append(path);
  return element(
    "div",
    { className: "empty-hint" },
    picture,
    element("b", { className: "for-mouse" }, "Drop photos or a video anywhere"),
    element("b", { className: "for-finger" }, "Choose photos or a video, or take some"),
    element(
      "span",
      {},
      "Walk around something and photograph it from all sides, more than half of the picture in common each time.",
    ),
  );
}
