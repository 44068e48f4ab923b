import { MathUtils, Raycaster, Vector2, type Vector3 } from "three";
import type { ReportImage } from "../export/report-data.ts";
import type { CameraFrustum } from "./camera-frustum.ts";
import type { OrbitCanvas } from "./orbit-canvas.ts";

/** A registered photo with its frustum, in the order of the input. */
export interface PlacedCamera {
  readonly image: ReportImage;
  readonly frustum: CameraFrustum;
}

/** A press that moves further than this, in CSS pixels, is a drag. */
const CLICK_RADIUS = 5;

/** Lets the viewer step into a photo's camera, leaf through the others, and out again. */
export class LookThrough {
  /** The camera looked through, null while orbiting. */
  current: PlacedCamera | null = null;
  /** Called whenever `current` changed. */
  onChange: () => void = () => {};
  /** Whether a click on a camera enters it. */
  pickable = true;
  readonly #canvas: OrbitCanvas;
  readonly #cameras: readonly PlacedCamera[];
  readonly #distance: (eye: Vector3) => number;

  /** `distance` says how far ahead of an eye the scene lies: there the orbit centers on the way out. */
  constructor(canvas: OrbitCanvas, cameras: readonly PlacedCamera[], distance: (eye: Vector3) => number) {
    this.#canvas = canvas;
    this.#cameras = cameras;
    this.#distance = distance;
    this.#listen(canvas.renderer.domElement, canvas.signal);
  }

  /** Flies into a camera. */
  enter(camera: PlacedCamera): void {
    this.current = camera;
    const { frustum, image } = camera;
    this.#canvas.fly(this.#canvas.viewpointOf(frustum.object, this.#fittingFov(image)));
    this.onChange();
  }

  /** The camera after the current one, or with -1 before it, around the end; null while orbiting. */
  neighbor(by: 1 | -1): PlacedCamera | null {
    if (!this.current) return null;
    const count = this.#cameras.length;
    return this.#cameras[(this.#cameras.indexOf(this.current) + by + count) % count]!;
  }

  /** Flies into the next camera, or with -1 into the previous. */
  step(by: 1 | -1): void {
    const camera = this.neighbor(by);
    if (camera) this.enter(camera);
  }

  /** Back to orbiting, from where the eye is. */
  leave(): void {
    if (!this.current) return;
    this.current = null;
    this.#canvas.orbitAhead(this.#distance(this.#canvas.camera.position));
    this.onChange();
  }

  /** Vertical degrees at which the whole photo is in sight. */
  #fittingFov({ width, height, intrinsics }: ReportImage): number {
    const vertical = height / (2 * intrinsics.fy);
    const horizontal = width / (2 * intrinsics.fx) / this.#canvas.camera.aspect;
    return MathUtils.radToDeg(2 * Math.atan(Math.max(vertical, horizontal)));
  }

  #listen(canvas: HTMLCanvasElement, signal: AbortSignal): void {
    const pressed = new Vector2();
    // In the capturing phase, so that the orbit controls already take up the very gesture that leaves.
    canvas.addEventListener(
      "pointerdown",
      (event) => {
        pressed.set(event.clientX, event.clientY);
        this.leave();
      },
      { capture: true, signal },
    );
    canvas.addEventListener(
      "pointermove",
      (event) => {
        if (event.pointerType === "mouse") canvas.style.cursor = this.#pick(event) ? "pointer" : "";
      },
      { signal },
    );
    canvas.addEventListener("wheel", () => this.leave(), { passive: true, capture: true, signal });
    canvas.addEventListener(
      "pointerup",
      (event) => {
        if (pressed.distanceTo(new Vector2(event.clientX, event.clientY)) > CLICK_RADIUS) return;
        const picked = this.#pick(event);
        if (picked) this.enter(picked);
      },
      { signal },
    );
    addEventListener(
      "keydown",
      (event) => {
        if (isField(event.target) || !this.current) return;
        if (event.key === "Escape") this.leave();
        if (event.key === "ArrowRight") this.step(1);
        if (event.key === "ArrowLeft") this.step(-1);
      },
      { signal },
    );
  }

  #pick({ clientX, clientY }: PointerEvent): PlacedCamera | undefined {
    if (!this.pickable) return undefined;
    const box = this.#canvas.renderer.domElement.getBoundingClientRect();
    const x = (2 * (clientX - box.left)) / box.width - 1;
    const y = 1 - (2 * (clientY - box.top)) / box.height;
    const raycaster = new Raycaster();
    raycaster.setFromCamera(new Vector2(x, y), this.#canvas.camera);
    const visible = this.#cameras.filter(({ frustum }) => frustum.object.visible && frustum.photo.visible);
    const [hit] = raycaster.intersectObjects(
      visible.map(({ frustum }) => frustum.photo),
      false,
    );
    return visible.find(({ frustum }) => frustum.photo === hit?.object);
  }
}

/** Whether keys belong to a field of the page. */
function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
}
