import { element, iconButton } from "../../../src/viewer/dom.ts";
import type { TrayPhoto } from "./tray-photo.ts";

const EARLIER = "M12 4l-6 6 6 6";
const LATER = "M8 4l6 6-6 6";
const TURN = "M15.5 10a5.5 5.5 0 1 1-1.8-4.1M14 2.5v3.7h-3.7";
const REMOVE = "M5 5l10 10M15 5L5 15";

/** What the tray's buttons do. */
export interface TrayActions {
  readonly onMove: (id: string, by: number) => void;
  readonly onTurn: (id: string) => void;
  readonly onRemove: (id: string) => void;
}

/** The photos in their order, each with buttons; also moved by dragging, and by Alt with an arrow key. */
export function trayList(photos: readonly TrayPhoto[], actions: TrayActions): HTMLOListElement {
  const list = element("ol", { className: "tray" });
  for (const [i, photo] of photos.entries()) list.append(card(photo, i, photos.length, actions));
  let dragged: string | null = null;
  list.addEventListener("dragstart", (event) => {
    dragged = cardOf(event.target)?.dataset.id ?? null;
    // Without data Firefox does not drag.
    event.dataTransfer?.setData("text/plain", "");
  });
  list.addEventListener("dragover", (event) => {
    if (dragged !== null) event.preventDefault();
  });
  list.addEventListener("drop", (event) => {
    const target = cardOf(event.target)?.dataset.id;
    if (dragged === null || target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const at = (id: string): number => photos.findIndex((photo) => photo.id === id);
    actions.onMove(dragged, at(target) - at(dragged));
    dragged = null;
  });
  list.addEventListener("dragend", () => (dragged = null));
  return list;
}

/** The picture as the user turned it. */
export function turnedPicture({ preview, turns, file }: TrayPhoto): HTMLElement {
  if (!preview) return element("span", { className: "no-preview" }, "No preview");
  const picture = element("img", { src: preview.address, alt: file.name, draggable: false });
  picture.dataset.turns = String(turns);
  return picture;
}

function card(photo: TrayPhoto, index: number, count: number, actions: TrayActions): HTMLLIElement {
  const { id, file } = photo;
  const name = `photo ${index + 1}, ${file.name}`;
  const button = (title: string, path: string, onClick: () => void, disabled = false): HTMLButtonElement => {
    const made = iconButton(`${title} ${name}`, path);
    made.disabled = disabled;
    made.dataset.action = title;
    made.addEventListener("click", onClick);
    return made;
  };
  const node = element(
    "li",
    { draggable: true, title: file.name },
    element(
      "div",
      { className: "tray-picture" },
      turnedPicture(photo),
      element("b", { ariaHidden: "true" }, `${index + 1}`),
    ),
    element(
      "div",
      { className: "tray-buttons" },
      button("Earlier:", EARLIER, () => actions.onMove(id, -1), index === 0),
      button("Turn", TURN, () => actions.onTurn(id)),
      button("Remove", REMOVE, () => actions.onRemove(id)),
      button("Later:", LATER, () => actions.onMove(id, 1), index === count - 1),
    ),
  );
  node.dataset.id = id;
  node.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.altKey && by !== undefined) {
      event.preventDefault();
      actions.onMove(id, by);
    } else if (event.key === "Delete") actions.onRemove(id);
  });
  return node;
}

function cardOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("li[data-id]") : null;
}
