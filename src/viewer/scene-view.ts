import { Group, Vector3 } from "three";
import { bytesFromBase64 } from "../core/base64.ts";
import type { ReportCloud, ReportData, ReportImage } from "../export/report-data.ts";
import { type CameraFrustum, createCameraFrustum } from "./camera-frustum.ts";
import { firstView, type Outline } from "./first-view.ts";
import { LookThrough, type PlacedCamera } from "./look-through.ts";
import { nextTask } from "./next-task.ts";
import type { OrbitCanvas } from "./orbit-canvas.ts";
import type { Layer } from "./photo-maps.ts";
import { type Coloring, createPointCloud, type Paint, type PointCloud, paintOf, pointMaterial } from "./point-cloud.ts";
import { createSurface, type Surface, surfaceMaterial } from "./surface.ts";
import { createWorld, type Focus, focusOf } from "./world-frame.ts";

const HOME_FOV = 50;
/** More points than these are drawn only when the eye rests. */
const MOST_IN_MOTION = 1_000_000;

/** What a scene is drawn as. */
export type Drawing = "points" | "surface";

/** A registered photo's part of the scene. */
interface PhotoPart {
  readonly cloud: ReportCloud;
  readonly points: PointCloud;
  /** Made when first asked for. */
  surface: Surface | null;
  readonly paintOf: (coloring: Coloring) => Paint;
  shown: boolean;
}

/** The scene on its canvas: points or surfaces, cameras, and what of them is shown. */
export class SceneView {
  readonly look: LookThrough;
  /** What holds the scene: its frame is the world's (OpenCV axes). */
  readonly world: Group;
  /** Points of the page by confidence code, 256 entries. */
  readonly histogram: Uint32Array = new Uint32Array(256);
  readonly #canvas: OrbitCanvas;
  readonly #pointMaterial = pointMaterial();
  readonly #surfaceMaterial = surfaceMaterial();
  readonly #parts = new Map<ReportImage, PhotoPart>();
  readonly #cameras: PlacedCamera[] = [];
  #focus: Focus | null = null;
  readonly #frustumDepth: number;
  /** From one sample to the next of those that are drawn in motion. */
  readonly #stride: number;
  #isSparse = false;
  #minCode = 0;
  #drawing: Drawing = "points";
  #coloring: Coloring = "picture";
  #camerasShown = true;
  #photosShown = true;
  #layer: Layer = "photo";
  #layerOpacity = 0;

  constructor(canvas: OrbitCanvas, { images, frustum_depth }: ReportData) {
    this.#frustumDepth = frustum_depth;
    const samples = images.reduce((sum, { cloud }) => sum + (cloud ? cloud.grid.width * cloud.grid.height : 0), 0);
    this.#stride = Math.max(1, Math.ceil(Math.sqrt(samples / MOST_IN_MOTION)));
    this.#canvas = canvas;
    this.world = createWorld(images.flatMap(({ cloud }) => cloud ?? []));
    canvas.scene.add(this.world);
    canvas.beforeFrame((_, isMoving) => {
      this.#setSparse(isMoving);
      // Fewer points are larger, so that surfaces stay closed.
      this.#pointMaterial.uniforms.pixelsPerUnit!.value = canvas.pixelsPerUnit * (this.#isSparse ? this.#stride : 1);
      this.#showPhotos();
    });
    this.look = new LookThrough(canvas, this.#cameras, (eye) => this.distanceFrom(eye));
  }

  /** How far the points typically lie from their middle, in the scene's units. */
  get radius(): number {
    return this.#focus?.radius ?? 1;
  }

  /** How far ahead of an eye the scene lies. */
  distanceFrom(eye: Vector3): number {
    return this.#focus ? eye.distanceTo(this.#focus.center) : 1;
  }

  /** The points that are drawn, for picking. */
  get drawnClouds(): readonly PointCloud[] {
    return [...this.#parts.values()].filter(({ shown }) => shown).map(({ points }) => points);
  }

  /** Adds a photo's points and camera; nothing for a photo that is not registered. */
  async add(image: ReportImage): Promise<void> {
    const { cloud, color: tint } = image;
    if (!cloud) return;
    const { photo, picture } = image;
    const [samples, sharper] = await Promise.all([decodeJpeg(photo), picture && decodeJpeg(picture)]);
    const rgba = pixelsOf(samples);
    await nextTask();
    const points = await createPointCloud(cloud, this.#pointMaterial, this.#stride);
    const paint = (coloring: Coloring): Paint => paintOf(coloring, { rgba, tint });
    const part: PhotoPart = { cloud, points, surface: null, paintOf: paint, shown: true };
    points.paint(part.paintOf(this.#coloring));
    await nextTask();
    const frustum = createCameraFrustum(image, cloud, { depth: this.#frustumDepth, bitmap: sharper || samples });
    if (sharper) samples.close();
    this.#canvas.signal.addEventListener("abort", () => frustum.dispose());
    const drawn = new Group().add(points.object, frustum.object);
    this.world.add(drawn);
    this.#parts.set(image, part);
    this.#cameras.push({ image, frustum });
    for (const [code, count] of points.histogram.entries()) this.histogram[code]! += count;
    points.setMinCode(this.#minCode);
    await this.#canvas.prepare(drawn);
  }

  /** Draws what has at least this confidence code; gives the number of points. */
  setMinCode(code: number): number {
    this.#minCode = code;
    let drawn = 0;
    for (const { points, surface, shown } of this.#parts.values()) {
      const count = points.setMinCode(code);
      surface?.setMinCode(code);
      if (shown) drawn += count;
    }
    this.#canvas.invalidate();
    return drawn;
  }

  #setSparse(sparse: boolean): void {
    if (this.#stride === 1 || sparse === this.#isSparse) return;
    this.#isSparse = sparse;
    for (const { points } of this.#parts.values()) points.setSparse(sparse);
  }

  /** Shows or hides what a photo shows; gives the number of points of all that are shown. */
  showPoints(image: ReportImage, visible: boolean): number {
    const part = this.#parts.get(image);
    if (part) part.shown = visible;
    this.#refreshParts();
    return this.setMinCode(this.#minCode);
  }

  /** 1 draws each point as large as its pixel. */
  setPointScale(scale: number): void {
    this.#pointMaterial.uniforms.scale!.value = scale;
    this.#canvas.invalidate();
  }

  /** Points, or the surface between them. */
  setDrawing(drawing: Drawing): void {
    this.#drawing = drawing;
    this.#refreshParts();
  }

  /** What the colors tell. */
  paint(coloring: Coloring): void {
    this.#coloring = coloring;
    for (const { points, surface, paintOf: paint } of this.#parts.values()) {
      points.paint(paint(coloring));
      surface?.paint(paint(coloring));
    }
    this.#canvas.invalidate();
  }

  /** Shows or hides the cameras, and the photos they carry. */
  showCameras(cameras: boolean, photos: boolean): void {
    this.#camerasShown = cameras;
    this.#photosShown = photos;
    this.refreshCameras();
  }

  /** What of the photo looked through covers the points, and how much, 0 to 1. */
  setLayer(layer: Layer, opacity: number): void {
    this.#layer = layer;
    this.#layerOpacity = opacity;
    this.refreshCameras();
  }

  /** Looks through the camera of a photo. */
  lookThrough(image: ReportImage): void {
    const camera = this.#cameras.find((candidate) => candidate.image === image);
    if (camera) this.look.enter(camera);
  }

  /** Brings what is drawn of the cameras in line with the settings: while looking through one, all others hide. */
  refreshCameras(): void {
    const { current } = this.look;
    for (const camera of this.#cameras) {
      const { object, photo, edges } = camera.frustum;
      camera.frustum.show(camera === current ? this.#layer : "photo");
      object.visible = current ? camera === current : this.#camerasShown;
      edges.visible = current === null;
      photo.material.opacity = current ? this.#layerOpacity : 1;
    }
    this.#canvas.invalidate();
  }

  /** Whoever stands in a camera without looking through it sees the scene, and not the back of its photo. */
  #showPhotos(): void {
    const { current } = this.look;
    const eye = this.#canvas.camera.position;
    for (const { frustum } of this.#cameras) {
      const apex = new Vector3().setFromMatrixPosition(frustum.object.matrixWorld);
      const isFree = this.#photosShown && eye.distanceTo(apex) > this.#frustumDepth;
      frustum.photo.visible = current ? this.#layerOpacity > 0 : isFree;
    }
  }

  /** Back to the first view, which holds all cameras. */
  home(): void {
    this.look.leave();
    this.#focus = focusOf(this.world, this.drawnClouds);
    const { center, radius } = this.#focus;
    const { camera } = this.#canvas;
    camera.fov = HOME_FOV;
    camera.near = radius / 300;
    camera.far = radius * 300;
    camera.updateProjectionMatrix();
    const outlines = this.#cameras.map(({ frustum }) => outlineOf(frustum));
    this.#canvas.orbit(firstView(outlines, this.#focus, camera), center);
  }

  #refreshParts(): void {
    for (const part of this.#parts.values()) {
      const { shown } = part;
      const solid = this.#drawing === "surface";
      part.points.object.visible = shown && !solid;
      if (shown && solid) part.surface ??= this.#makeSurface(part);
      if (part.surface) part.surface.object.visible = shown && solid;
    }
    this.#canvas.invalidate();
  }

  #makeSurface({ cloud, paintOf: paint }: PhotoPart): Surface {
    const surface = createSurface(cloud, this.#surfaceMaterial);
    surface.paint(paint(this.#coloring));
    surface.setMinCode(this.#minCode);
    this.world.add(surface.object);
    return surface;
  }
}

/** In the frame of the stage. */
function outlineOf({ object, photo }: CameraFrustum): Outline {
  object.updateWorldMatrix(true, true);
  const corners = photo.geometry.getAttribute("position");
  return {
    eye: new Vector3().setFromMatrixPosition(object.matrixWorld),
    corners: Array.from({ length: corners.count }, (_, i) => {
      return new Vector3().fromBufferAttribute(corners, i).applyMatrix4(photo.matrixWorld);
    }),
  };
}

function decodeJpeg(base64: string): Promise<ImageBitmap> {
  return createImageBitmap(new Blob([bytesFromBase64(base64)], { type: "image/jpeg" }));
}

/** `[height, width, 4]`. */
function pixelsOf(bitmap: ImageBitmap): Uint8ClampedArray {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser cannot read the pixels of an image");
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, width, height).data;
}
