import { type Group, Vector3 } from "three";
import { bytesFromBase64 } from "../core/base64.ts";
import type { ReportData, ReportImage } from "../export/report-data.ts";
import { type CameraFrustum, createCameraFrustum } from "./camera-frustum.ts";
import { firstView, type Outline } from "./first-view.ts";
import { LookThrough, type PlacedCamera } from "./look-through.ts";
import type { OrbitCanvas } from "./orbit-canvas.ts";
import type { Layer } from "./photo-maps.ts";
import { type Coloring, createPointCloud, type PointCloud, pointMaterial } from "./point-cloud.ts";
import { createWorld, type Focus, focusOf } from "./world-frame.ts";

const HOME_FOV = 50;

/** The scene on its canvas: points, cameras, and what of them is shown. */
export class SceneView {
  readonly look: LookThrough;
  /** Points of the page by confidence code, 256 entries. */
  readonly histogram: Uint32Array = new Uint32Array(256);
  readonly #canvas: OrbitCanvas;
  readonly #material = pointMaterial();
  readonly #world: Group;
  readonly #clouds = new Map<ReportImage, PointCloud>();
  readonly #cameras: PlacedCamera[] = [];
  #focus: Focus | null = null;
  #minCode = 0;
  #camerasShown = true;
  #photosShown = true;
  #layer: Layer = "photo";
  #layerOpacity = 0;

  constructor(canvas: OrbitCanvas, { images }: ReportData) {
    this.#canvas = canvas;
    this.#world = createWorld(images.flatMap(({ cloud }) => cloud ?? []));
    canvas.scene.add(this.#world);
    canvas.onFrame = () => {
      this.#material.uniforms.pixelsPerUnit!.value = canvas.pixelsPerUnit;
    };
    this.look = new LookThrough(canvas, this.#cameras, (eye) => {
      return this.#focus ? eye.distanceTo(this.#focus.center) : 1;
    });
  }

  /** Adds a photo's points and camera; nothing for a photo that is not registered. */
  async add(image: ReportImage, frustumDepth: number): Promise<void> {
    if (!image.cloud) return;
    const bitmap = await createImageBitmap(new Blob([bytesFromBase64(image.photo)], { type: "image/jpeg" }));
    const cloud = createPointCloud(image.cloud, { rgba: pixelsOf(bitmap), tint: image.color }, this.#material);
    const frustum = createCameraFrustum(image, image.cloud, { depth: frustumDepth, bitmap });
    this.#world.add(cloud.object, frustum.object);
    this.#clouds.set(image, cloud);
    this.#cameras.push({ image, frustum });
    for (const [code, count] of cloud.histogram.entries()) this.histogram[code]! += count;
    cloud.setMinCode(this.#minCode);
    this.#canvas.invalidate();
  }

  /** Draws the points of at least this confidence code; gives the number drawn. */
  setMinCode(code: number): number {
    this.#minCode = code;
    let drawn = 0;
    for (const cloud of this.#clouds.values()) {
      const count = cloud.setMinCode(code);
      if (cloud.object.visible) drawn += count;
    }
    this.#canvas.invalidate();
    return drawn;
  }

  /** Shows or hides the points of a photo; gives the number of points drawn of all. */
  showPoints(image: ReportImage, visible: boolean): number {
    const cloud = this.#clouds.get(image);
    if (cloud) cloud.object.visible = visible;
    return this.setMinCode(this.#minCode);
  }

  /** 1 draws each point as large as its pixel. */
  setPointScale(scale: number): void {
    this.#material.uniforms.scale!.value = scale;
    this.#canvas.invalidate();
  }

  /** What the colors of all points tell. */
  paint(coloring: Coloring): void {
    for (const cloud of this.#clouds.values()) cloud.paint(coloring);
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
      photo.visible = current ? this.#layerOpacity > 0 : this.#photosShown;
      photo.material.opacity = current ? this.#layerOpacity : 1;
    }
    this.#canvas.invalidate();
  }

  /** Back to the first view, which holds all cameras. */
  home(): void {
    this.look.leave();
    this.#focus = focusOf(this.#world, [...this.#clouds.values()]);
    const { center, radius } = this.#focus;
    const { camera } = this.#canvas;
    camera.fov = HOME_FOV;
    camera.near = radius / 300;
    camera.far = radius * 300;
    camera.updateProjectionMatrix();
    const outlines = this.#cameras.map(({ frustum }) => outlineOf(frustum));
    this.#canvas.orbit(firstView(outlines, this.#focus, camera), center);
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

/** `[height, width, 4]`. */
function pixelsOf(bitmap: ImageBitmap): Uint8ClampedArray {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser cannot read the pixels of an image");
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, width, height).data;
}
