import {
  BufferAttribute,
  BufferGeometry,
  Group,
  LineBasicMaterial,
  LineSegments,
  Points,
  PointsMaterial,
  Vector3,
} from "three";
import { element } from "./dom.ts";
import {
  formatLength,
  type Measurement,
  type Measurements,
  measuredLength,
  NO_MEASUREMENTS,
  type Place,
} from "./measurement.ts";
import type { OrbitCanvas } from "./orbit-canvas.ts";
import { pickPoint } from "./pick-point.ts";
import type { SceneView } from "./scene-view.ts";

const CLICK_RADIUS = 5;
/** Over everything else. */
const OVERLAY = { color: 0xffc46b, depthTest: false, transparent: true } as const;

/** What to do next while measuring. */
export type MeasureStep = "off" | "first" | "second";

/** Measures distances between points of the scene: two clicks, or Enter on the point under the cross in the middle. */
export class MeasureTool {
  /** Called when the tool was turned on or off, or a first point was chosen. */
  onStep: (step: MeasureStep) => void = () => {};
  /** Called with a new measurement. */
  onMeasure: (measurement: Measurement) => void = () => {};
  /** Called when a click found no point. */
  onMiss: () => void = () => {};
  readonly #canvas: OrbitCanvas;
  readonly #view: SceneView;
  readonly #labels: HTMLElement;
  readonly #lines = new LineSegments(geometryOf([]), new LineBasicMaterial(OVERLAY));
  readonly #ends = new Points(geometryOf([]), new PointsMaterial({ ...OVERLAY, size: 8, sizeAttenuation: false }));
  readonly #drawn = new Group().add(this.#lines, this.#ends);
  #shown: Measurements = NO_MEASUREMENTS;
  #step: MeasureStep = "off";
  #first: Place | null = null;

  /** `labels` lies over the canvas and gets the lengths. */
  constructor(canvas: OrbitCanvas, view: SceneView, labels: HTMLElement) {
    this.#canvas = canvas;
    this.#view = view;
    this.#labels = labels;
    for (const object of this.#drawn.children) {
      object.renderOrder = 1;
      object.frustumCulled = false;
    }
    view.world.add(this.#drawn);
    canvas.beforeFrame(() => this.#placeLabels());
    this.#listen(canvas.renderer.domElement, canvas.signal);
  }

  /** Brings what is drawn to the graphics memory. */
  async prepare(): Promise<void> {
    await this.#canvas.prepare(this.#drawn);
  }

  /** What to do next. */
  get step(): MeasureStep {
    return this.#step;
  }

  /** Turns the tool on or off. */
  toggle(on: boolean): void {
    this.#first = null;
    this.#setStep(on ? "first" : "off");
    this.#redraw();
  }

  /** Draws these measurements instead of those before. */
  show(measurements: Measurements): void {
    this.#shown = measurements;
    this.#redraw();
  }

  #setStep(step: MeasureStep): void {
    this.#step = step;
    this.#view.look.pickable = step === "off";
    this.onStep(step);
  }

  #pick(x: number, y: number): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas.renderer.domElement;
    const point = pickPoint(this.#view.drawnClouds, this.#canvas.camera, { x, y, width, height });
    if (!point) {
      this.onMiss();
      return;
    }
    const place: Place = [point.x, point.y, point.z];
    const from = this.#first;
    this.#first = from ? null : place;
    this.#setStep(from ? "first" : "second");
    if (from) this.onMeasure({ from, to: place });
    this.#redraw();
  }

  #redraw(): void {
    const ends = this.#shown.list.flatMap(({ from, to }) => [from, to]);
    for (const [object, places] of [
      [this.#lines, ends],
      [this.#ends, this.#first ? [...ends, this.#first] : ends],
    ] as const) {
      object.geometry.dispose();
      object.geometry = geometryOf(places);
    }
    const { metersPerUnit, list } = this.#shown;
    this.#labels.replaceChildren(
      ...list.map((one) => element("span", { className: "length" }, formatLength(measuredLength(one), metersPerUnit))),
    );
    this.#canvas.invalidate();
  }

  #placeLabels(): void {
    const { camera, renderer } = this.#canvas;
    const { clientWidth, clientHeight } = renderer.domElement;
    for (const [i, { from, to }] of this.#shown.list.entries()) {
      const label = this.#labels.children[i] as HTMLElement | undefined;
      if (!label) continue;
      const middle = new Vector3(...from).add(new Vector3(...to)).divideScalar(2);
      this.#view.world.localToWorld(middle).project(camera);
      label.hidden = Math.abs(middle.z) > 1;
      const [x, y] = [((middle.x + 1) / 2) * clientWidth, ((1 - middle.y) / 2) * clientHeight];
      label.style.transform = `translate(${x}px, ${y}px) translate(-50%, -140%)`;
    }
  }

  #listen(canvas: HTMLCanvasElement, signal: AbortSignal): void {
    let pressed: PointerEvent | null = null;
    canvas.addEventListener("pointerdown", (event) => (pressed = event), { signal });
    canvas.addEventListener(
      "pointerup",
      (event) => {
        if (this.#step === "off" || !pressed) return;
        const moved = Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY);
        if (moved <= CLICK_RADIUS) this.#pick(event.offsetX, event.offsetY);
      },
      { signal },
    );
    canvas.addEventListener(
      "keydown",
      (event) => {
        if (this.#step === "off") return;
        if (event.key === "Escape") this.toggle(false);
        if (event.key === "Enter") this.#pick(canvas.clientWidth / 2, canvas.clientHeight / 2);
      },
      { signal },
    );
  }
}

function geometryOf(places: readonly Place[]): BufferGeometry {
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(Float32Array.from(places.flat()), 3));
  return geometry;
}
