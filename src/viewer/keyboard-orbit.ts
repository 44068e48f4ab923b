import type { Stage } from "./stage.ts";

const TURN = Math.PI / 24;
const ZOOM = 1.15;

/** What the keys do, for the line that appears while the scene has the focus. */
export const KEYS_HELP = "Arrow keys turn, + and − zoom, Home resets the view";

/** Lets the keyboard orbit: arrows turn about the scene, `+` and `-` go nearer and farther, Home calls `onHome`. */
export function listenToKeys(stage: Stage, onHome: () => void): void {
  const actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => stage.turn(-TURN, 0),
    ArrowRight: () => stage.turn(TURN, 0),
    ArrowUp: () => stage.turn(0, TURN),
    ArrowDown: () => stage.turn(0, -TURN),
    "+": () => stage.approach(ZOOM),
    "=": () => stage.approach(ZOOM),
    "-": () => stage.approach(1 / ZOOM),
  };
  const canvas = stage.renderer.domElement;
  canvas.ariaLabel = `The scene. ${KEYS_HELP}`;
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = event.key === "Home" ? onHome : stage.controls.enabled ? actions[event.key] : undefined;
    if (!action) return;
    event.preventDefault();
    action();
  });
}
