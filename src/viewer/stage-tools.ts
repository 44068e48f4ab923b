import { element, iconButton } from "./dom.ts";

const HOME = "M3 9.5L10 3l7 6.5M5 8v8.5h10V8M8.5 16.5v-5h3v5";
const WALK = "M11 3.2a1 1 0 1 0 0 .1M7 9l3-3 2 3 3 1M10 6l-1 5 3 2.5.5 4M9 11l-1.5 3L5 17";
const MEASURE = "M3 13.5L13.5 3 17 6.5 6.5 17zM6.5 10l1.5 1.5M9 7.5l2 2M11.5 5L13 6.5";
const PICTURE = "M3 6.5h3L7.5 4.5h5L14 6.5h3v9H3zM10 8a2.7 2.7 0 1 0 0 5.4A2.7 2.7 0 0 0 10 8z";
const FULL = "M3.5 7.5v-4h4M12.5 3.5h4v4M16.5 12.5v4h-4M7.5 16.5h-4v-4";

/** What the buttons over the scene do. */
export interface StageActions {
  readonly onHome: () => void;
  readonly onWalk: () => void;
  readonly onMeasure: () => void;
  readonly onPicture: () => void;
  readonly onFullScreen: () => void;
}

/** The buttons over the scene, and which of its modes are on. */
export interface StageTools {
  readonly node: HTMLElement;
  press(mode: "walk" | "measure", on: boolean): void;
}

/** The buttons at the right of the scene. */
export function stageTools(actions: StageActions): StageTools {
  const button = (title: string, path: string, onClick: () => void): HTMLButtonElement => {
    const made = iconButton(title, path);
    made.addEventListener("click", onClick);
    return made;
  };
  const walk = button("Walk through the scene", WALK, actions.onWalk);
  const measure = button("Measure a distance", MEASURE, actions.onMeasure);
  measure.dataset.testid = "measure";
  const modes = { walk, measure };
  for (const mode of Object.values(modes)) mode.ariaPressed = "false";
  const node = element(
    "div",
    { className: "stage-tools", role: "toolbar", ariaLabel: "Scene" },
    button("Reset the view", HOME, actions.onHome),
    walk,
    measure,
    button("Save a picture of the view", PICTURE, actions.onPicture),
  );
  if (document.fullscreenEnabled) node.append(button("Full screen", FULL, actions.onFullScreen));
  return {
    node,
    press(mode, on) {
      modes[mode].ariaPressed = String(on);
    },
  };
}
