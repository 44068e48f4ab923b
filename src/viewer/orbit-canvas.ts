import {
  LineSegments,
  MathUtils,
  Matrix4,
  Mesh,
  type Object3D,
  PerspectiveCamera,
  Points,
  Quaternion,
  Scene,
  Spherical,
  Vector3,
  type WebGLRenderer,
} from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { compileShaders } from "./compile-shaders.ts";
import { pageRenderer } from "./page-renderer.ts";

/** Where the viewer's eye is. `fov` is vertical, in degrees. */
export interface Viewpoint {
  readonly position: Vector3;
  readonly orientation: Quaternion;
  readonly fov: number;
}

/** A way from one viewpoint to another, under way since `start`. */
interface Flight {
  readonly from: Viewpoint;
  readonly to: Viewpoint;
  readonly start: number;
}

const FLIGHT_MILLISECONDS = 700;
const REST_MILLISECONDS = 150;
const SHARPEST_PIXEL_RATIO = 2;
/** Seconds: the first frame after a rest does not count the rest. */
const LONGEST_FRAME = 0.1;

/** The canvas of one scene: draws only when something changed, orbits, and flies from one viewpoint to another. */
export class OrbitCanvas {
  /** The page's; its canvas stands in the host as long as the scene is open. */
  readonly renderer: WebGLRenderer;
  readonly scene: Scene = new Scene();
  readonly camera: PerspectiveCamera = new PerspectiveCamera(50, 1, 0.01, 1000);
  readonly controls: OrbitControls;
  /** Ends with the scene: whatever listens to the canvas, the window or the page stops at this signal. */
  readonly signal: AbortSignal;
  readonly #lifetime = new AbortController();
  readonly #beforeFrame: ((seconds: number, isMoving: boolean) => void)[] = [];
  /** Where the eye was in the last frame. */
  readonly #lastEye: Matrix4 = new Matrix4();
  #rest: ReturnType<typeof setTimeout> | undefined;
  #lastFrame = 0;
  #flight: Flight | null = null;
  #scheduled = false;
  #shown = false;

  /** Nothing is drawn before `show`. Throws where the browser has no WebGL 2. */
  constructor(host: HTMLElement) {
    this.signal = this.#lifetime.signal;
    this.renderer = pageRenderer();
    const canvas = this.renderer.domElement;
    canvas.style.visibility = "hidden";
    canvas.addEventListener("webglcontextrestored", () => this.invalidate(), { signal: this.signal });
    host.append(canvas);
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.enableDamping = true;
    this.controls.dampingFactor = 0.12;
    this.controls.zoomToCursor = true;
    this.controls.addEventListener("change", () => this.invalidate());
    const observer = new ResizeObserver(() => this.#resize(host));
    observer.observe(host);
    this.signal.addEventListener("abort", () => observer.disconnect());
    this.#resize(host);
  }

  /** Frees the graphics memory of everything drawn and takes the canvas out of the page. */
  dispose(): void {
    this.#lifetime.abort();
    clearTimeout(this.#rest);
    this.controls.dispose();
    disposeGeometries(this.scene);
    delete this.renderer.domElement.dataset.drawnPoints;
    this.renderer.domElement.remove();
  }

  /**
   * Brings an object of the scene to the graphics memory by itself, so that the first frame need not bring all of them: its shaders
   * are compiled beside the page, where drawing would wait for them.
   */
  async prepare(object: Object3D): Promise<void> {
    await compileShaders(this.renderer, object, this);
    if (!this.signal.aborted) this.renderer.render(object, this.camera);
  }

  /** Shows the canvas, whose frames are drawn from now on. */
  show(): void {
    this.#shown = true;
    this.renderer.domElement.style.visibility = "";
    this.invalidate();
  }

  /**
   * Calls `listener` before every frame with the seconds since the one before, at most a tenth, and whether the eye moves: when it
   * comes to rest, there is a frame more.
   */
  beforeFrame(listener: (seconds: number, isMoving: boolean) => void): void {
    this.#beforeFrame.push(listener);
  }

  /** What is drawn now, as a PNG file. */
  picture(): Promise<Blob> {
    // In the same task: the browser clears the drawing buffer after it.
    this.#draw(performance.now());
    return new Promise((done, fail) => {
      this.renderer.domElement.toBlob((blob) => (blob ? done(blob) : fail(new Error("the browser made no picture"))));
    });
  }

  /** Asks for a new frame. */
  invalidate(): void {
    if (this.#scheduled || !this.#shown || this.signal.aborted) return;
    this.#scheduled = true;
    requestAnimationFrame((time) => this.#draw(time));
  }

  /** Drawing-buffer pixels that a length of 1 covers at a distance of 1. */
  get pixelsPerUnit(): number {
    return this.renderer.domElement.height / (2 * Math.tan(MathUtils.degToRad(this.camera.fov / 2)));
  }

  /** The present viewpoint. */
  get viewpoint(): Viewpoint {
    const { position, quaternion, fov } = this.camera;
    return { position: position.clone(), orientation: quaternion.clone(), fov };
  }

  /** Orbits about `target`, seen from `position`, at once. */
  orbit(position: Vector3, target: Vector3): void {
    this.#flight = null;
    this.camera.position.copy(position);
    this.controls.target.copy(target);
    this.controls.enabled = true;
    this.controls.update();
    this.invalidate();
  }

  /** Moves the eye around the orbit's target by angles in radians, to the right and upward, never over a pole. */
  turn(right: number, upward: number): void {
    const { target } = this.controls;
    const place = new Spherical().setFromVector3(this.camera.position.clone().sub(target));
    place.theta += right;
    place.phi -= upward;
    this.orbit(new Vector3().setFromSpherical(place.makeSafe()).add(target), target);
  }

  /** Brings the eye `factor` times as near to the orbit's target. */
  approach(factor: number): void {
    const { target } = this.controls;
    this.orbit(this.camera.position.clone().sub(target).divideScalar(factor).add(target), target);
  }

  /** Flies to a viewpoint and stays there: no orbiting until `orbitAhead`. */
  fly(to: Viewpoint): void {
    this.controls.enabled = false;
    this.#flight = { from: this.viewpoint, to, start: performance.now() };
    this.invalidate();
  }

  /** Hands the eye back to the orbit controls, about the point `distance` straight ahead. */
  orbitAhead(distance: number): void {
    const ahead = new Vector3(0, 0, -distance).applyQuaternion(this.camera.quaternion);
    this.orbit(this.camera.position.clone(), ahead.add(this.camera.position));
  }

  /** Takes the eye from the orbit controls: no orbiting until `orbitAhead`. */
  release(): void {
    this.#flight = null;
    this.controls.enabled = false;
  }

  /** Where an object of the scene stands and looks, given that its z axis points ahead and its y axis down. */
  viewpointOf(object: Object3D, fov: number): Viewpoint {
    object.updateWorldMatrix(true, false);
    const position = new Vector3();
    const orientation = new Quaternion();
    object.matrixWorld.decompose(position, orientation, new Vector3());
    return { position, orientation: orientation.multiply(new Quaternion(1, 0, 0, 0)), fov };
  }

  #resize(host: HTMLElement): void {
    const { clientWidth: width, clientHeight: height } = host;
    if (width === 0 || height === 0) return;
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, SHARPEST_PIXEL_RATIO));
    this.renderer.setSize(width, height);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    this.invalidate();
  }

  #draw(time: number): void {
    this.#scheduled = false;
    if (this.signal.aborted) return;
    const seconds = MathUtils.clamp((time - this.#lastFrame) / 1000, 0, LONGEST_FRAME);
    this.#lastFrame = time;
    if (this.#flight) this.#advance(this.#flight, time);
    else if (this.controls.enabled) this.controls.update();
    const isMoving = this.#hasMoved();
    for (const listener of this.#beforeFrame) listener(seconds, isMoving);
    this.renderer.render(this.scene, this.camera);
    this.renderer.domElement.dataset.drawnPoints = String(this.renderer.info.render.points);
  }

  #hasMoved(): boolean {
    this.camera.updateMatrixWorld();
    const hasMoved = !this.camera.matrixWorld.equals(this.#lastEye);
    this.#lastEye.copy(this.camera.matrixWorld);
    if (hasMoved) {
      clearTimeout(this.#rest);
      this.#rest = setTimeout(() => this.invalidate(), REST_MILLISECONDS);
    }
    return hasMoved;
  }

  #advance({ from, to, start }: Flight, time: number): void {
    const elapsed = MathUtils.clamp((time - start) / FLIGHT_MILLISECONDS, 0, 1);
    const t = MathUtils.smootherstep(elapsed, 0, 1);
    this.camera.position.lerpVectors(from.position, to.position, t);
    this.camera.quaternion.slerpQuaternions(from.orientation, to.orientation, t);
    this.camera.fov = MathUtils.lerp(from.fov, to.fov, t);
    this.camera.updateProjectionMatrix();
    if (elapsed === 1) this.#flight = null;
    else this.invalidate();
  }
}

/** Materials hold no memory, but shaders that the next scene is drawn with: it need not compile them. */
function disposeGeometries(root: Object3D): void {
  root.traverse((object) => {
    if (object instanceof Mesh || object instanceof Points || object instanceof LineSegments) object.geometry.dispose();
  });
}
