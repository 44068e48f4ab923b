import { Euler, Vector3 } from "three";
import type { OrbitCanvas } from "./orbit-canvas.ts";

/** A direction to walk in, in the eye's own frame (x right, y up, z backward). */
export type WalkDirection = "forward" | "back" | "left" | "right" | "up" | "down";

const STEPS: Readonly<Record<WalkDirection, readonly [number, number, number]>> = {
  forward: [0, 0, -1],
  back: [0, 0, 1],
  left: [-1, 0, 0],
  right: [1, 0, 0],
  up: [0, 1, 0],
  down: [0, -1, 0],
};
/** By place on the keyboard, so that they lie alike in every layout. */
const KEYS: Readonly<Record<string, WalkDirection>> = {
  KeyW: "forward",
  KeyS: "back",
  KeyA: "left",
  KeyD: "right",
  KeyE: "up",
  KeyQ: "down",
};
/** What the keys do while walking. */
export const WALK_HELP = "W A S D walk, Q and E go down and up, Shift is faster, arrow keys or dragging look around";

/** Scene radii per second. */
const SPEED = 0.45;
const FASTER = 3;
const RADIANS_PER_PIXEL = 0.0035;
const LOOK_KEYS: Readonly<Record<string, readonly [yaw: number, pitch: number]>> = {
  ArrowLeft: [0.1, 0],
  ArrowRight: [-0.1, 0],
  ArrowUp: [0, 0.1],
  ArrowDown: [0, -0.1],
};
const STEEPEST = Math.PI / 2 - 0.05;

/** Lets the eye walk through the scene: keys, held directions, dragging to look around. */
export class Walk {
  /** Called when walking began or ended. */
  onChange: () => void = () => {};
  readonly #canvas: OrbitCanvas;
  readonly #held = new Map<string, WalkDirection>();
  readonly #radius: () => number;
  #active = false;
  #faster = false;

  /** `radius` is how far the scene's points typically lie from its middle: it sets the speed. */
  constructor(canvas: OrbitCanvas, radius: () => number) {
    this.#canvas = canvas;
    this.#radius = radius;
    canvas.beforeFrame((seconds) => this.#move(seconds));
    this.#listen(canvas.renderer.domElement, canvas.signal);
  }

  /** Whether the eye walks instead of orbiting. */
  get active(): boolean {
    return this.#active;
  }

  /** From where the eye is. */
  start(): void {
    if (this.#active) return;
    this.#active = true;
    this.#canvas.release();
    this.onChange();
  }

  /** Ends walking; the caller says where the eye goes on. */
  stop(): void {
    if (!this.#active) return;
    this.#active = false;
    this.#held.clear();
    this.onChange();
  }

  /** Walks in a direction until `release` is called with the same holder. */
  hold(holder: string, direction: WalkDirection): void {
    if (!this.#active) return;
    this.#held.set(holder, direction);
    this.#canvas.invalidate();
  }

  /** Ends what `hold` began. */
  release(holder: string): void {
    this.#held.delete(holder);
  }

  #move(seconds: number): void {
    if (!this.#active || this.#held.size === 0) return;
    const step = new Vector3();
    for (const direction of this.#held.values()) step.add(new Vector3(...STEPS[direction]));
    const { camera } = this.#canvas;
    step.setLength(SPEED * this.#radius() * seconds * (this.#faster ? FASTER : 1));
    if (Number.isFinite(step.x)) camera.position.add(step.applyQuaternion(camera.quaternion));
    this.#canvas.invalidate();
  }

  #look(yaw: number, pitch: number): void {
    const { camera } = this.#canvas;
    const turn = new Euler().setFromQuaternion(camera.quaternion, "YXZ");
    turn.y += yaw;
    turn.x = Math.min(STEEPEST, Math.max(-STEEPEST, turn.x + pitch));
    turn.z = 0;
    camera.quaternion.setFromEuler(turn);
    this.#canvas.invalidate();
  }

  #listen(canvas: HTMLCanvasElement, signal: AbortSignal): void {
    canvas.addEventListener(
      "pointermove",
      (event) => {
        if (!this.#active || event.buttons === 0) return;
        this.#look(event.movementX * RADIANS_PER_PIXEL, event.movementY * RADIANS_PER_PIXEL);
      },
      { signal },
    );
    canvas.addEventListener(
      "keydown",
      (event) => {
        if (!this.#active || event.ctrlKey || event.metaKey || event.altKey) return;
        this.#faster = event.shiftKey;
        const [direction, look] = [KEYS[event.code], LOOK_KEYS[event.key]];
        if (direction) this.hold(event.code, direction);
        if (look) this.#look(...look);
        if (direction || look) event.preventDefault();
      },
      { signal },
    );
    addEventListener(
      "keyup",
      (event) => {
        this.#faster = event.shiftKey;
        this.release(event.code);
      },
      { signal },
    );
    canvas.addEventListener("blur", () => this.#held.clear(), { signal });
  }
}
