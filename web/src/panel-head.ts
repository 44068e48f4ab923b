import { element, iconButton } from "../../src/viewer/dom.ts";

const UNDO = "M7 4L3.5 7.5 7 11M4 7.5h7.5a4.5 4.5 0 0 1 0 9H8";
const REDO = "M13 4l3.5 3.5L13 11M16 7.5H8.5a4.5 4.5 0 0 0 0 9H12";
const NEW = "M10 4v12M4 10h12";

/** The head of the panel. */
export interface PanelHead {
  readonly node: HTMLElement;
  /** Which steps there are. */
  enable(steps: { readonly undo: boolean; readonly redo: boolean; readonly fresh: boolean }): void;
}

/** The name of the app, and buttons: back, forward, a new scene. */
export function panelHead(actions: {
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  readonly onNew: () => void;
}): PanelHead {
  const undo = iconButton("Undo", UNDO);
  const redo = iconButton("Redo", REDO);
  const fresh = iconButton("New scene", NEW);
  undo.addEventListener("click", actions.onUndo);
  redo.addEventListener("click", actions.onRedo);
  fresh.addEventListener("click", actions.onNew);
  const buttons = element("div", { className: "head-buttons" }, undo, redo, fresh);
  return {
    node: element("header", {}, element("h1", {}, "dust3r"), buttons),
    enable(steps) {
      undo.disabled = !steps.undo;
      redo.disabled = !steps.redo;
      fresh.disabled = !steps.fresh;
    },
  };
}
