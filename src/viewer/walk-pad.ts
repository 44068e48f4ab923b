import { element, iconButton } from "./dom.ts";
import type { Walk, WalkDirection } from "./walk.ts";

const ARROWS: Readonly<Record<WalkDirection, readonly [name: string, path: string]>> = {
  up: ["Up", "M5 12l5-5 5 5M5 17l5-5 5 5"],
  forward: ["Forward", "M10 16V4M5 9l5-5 5 5"],
  down: ["Down", "M5 3l5 5 5-5M5 8l5 5 5-5"],
  left: ["Left", "M16 10H4M9 5l-5 5 5 5"],
  back: ["Back", "M10 4v12M5 11l5 5 5-5"],
  right: ["Right", "M4 10h12M11 5l5 5-5 5"],
};

/** Buttons to walk with a finger or a mouse: as long as one is pressed, the eye walks. Shown while walking. */
export function walkPad(walk: Walk): HTMLElement {
  const buttons = Object.entries(ARROWS).map(([direction, [name, path]]) => {
    const button = iconButton(name, path);
    button.addEventListener("pointerdown", (event) => {
      button.setPointerCapture(event.pointerId);
      walk.hold(name, direction as WalkDirection);
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
      button.addEventListener(end, () => walk.release(name));
    return button;
  });
  return element("div", { className: "walk-pad", role: "group", ariaLabel: "Walk", hidden: true }, ...buttons);
}
