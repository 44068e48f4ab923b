import type { OrbitCanvas } from "./orbit-canvas.ts";

const TURN = Math.PI / 24;
const ZOOM = 1.15;

/** What the keys do, for the line that appears while the scene has the focus. */
export const ORBIT_HELP = "Arrow keys turn, + and − zoom, Home resets the view";

/** Lets the keyboard orbit: arrows turn about the scene, `+` and `-` go nearer and farther, Home calls `onHome`. */
export function listenToKeys(canvas: OrbitCanvas, onHome: () => void): void {
  const actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => canvas.turn(-TURN, 0),
    ArrowRight: () => canvas.turn(TURN, 0),
    ArrowUp: () => canvas.turn(0, TURN),
    ArrowDown: () => canvas.turn(0, -TURN),
    "+": () => canvas.approach(ZOOM),
    "=": () => canvas.approach(ZOOM),
    "-": () => canvas.approach(1 / ZOOM),
  };
  const { domElement } = canvas.renderer;
  domElement.ariaLabel = `The scene. ${ORBIT_HELP}`;
  domElement.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const action = event.key === "Home" ? onHome : canvas.controls.enabled ? actions[event.key] : undefined;
      if (!action) return;
      event.preventDefault();
      action();
    },
    { signal: canvas.signal },
  );
}
