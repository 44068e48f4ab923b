import { type Group, MathUtils, Vector3 } from "three";
import { bytesFromBase64 } from "../core/base64.ts";
import type { ReportData, ReportImage } from "../export/report-data.ts";
import { createCameraFrustum } from "./camera-frustum.ts";
import { LookThrough, type PlacedCamera } from "./look-through.ts";
import type { OrbitCanvas } from "./orbit-canvas.ts";
import { createPointCloud, type PointCloud, pointMaterial } from "./point-cloud.ts";
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
  #photoOpacity = 0;

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
    const cloud = createPointCloud(image.cloud, pixelsOf(bitmap), this.#material);
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

  /** Shows or hides the cameras, and the photos they carry. */
  showCameras(cameras: boolean, photos: boolean): void {
    this.#camerasShown = cameras;
    this.#photosShown = photos;
    this.refreshCameras();
  }

  /** How much of the photo looked through covers the points, 0 to 1. */
  setPhotoOpacity(opacity: number): void {
    this.#photoOpacity = opacity;
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
      object.visible = current ? camera === current : this.#camerasShown;
      edges.visible = current === null;
      photo.visible = current ? this.#photoOpacity > 0 : this.#photosShown;
      photo.material.opacity = current ? this.#photoOpacity : 1;
    }
    this.#canvas.invalidate();
  }

  /** The first view: from behind the cameras, a little above, onto the middle of the points. */
  home(): void {
    this.look.leave();
    this.#focus = focusOf(this.#world, [...this.#clouds.values()]);
    const { center, radius } = this.#focus;
    const { camera } = this.#canvas;
    camera.fov = HOME_FOV;
    camera.near = radius / 300;
    camera.far = radius * 300;
    camera.updateProjectionMatrix();
    const eyes = this.#cameras.map(({ frustum }) => this.#canvas.viewpointOf(frustum.object, HOME_FOV).position);
    const slope = Math.tan(MathUtils.degToRad(HOME_FOV / 2)) * Math.min(1, camera.aspect);
    this.#canvas.orbit(homePosition(eyes, this.#focus, slope), center);
  }
}

/**
 * Behind the middle of the cameras, or behind the first where they stand all around the scene; far enough away that
 * the cameras and most points fit into a view of `slope` (half its size at distance 1).
 */
function homePosition(eyes: readonly Vector3[], { center, radius }: Focus, slope: number): Vector3 {
  const offsets = eyes.map((eye) => eye.clone().sub(center));
  const mean = offsets.reduce((sum, offset) => sum.add(offset), new Vector3()).divideScalar(offsets.length || 1);
  const nearest = Math.min(...offsets.map((offset) => offset.length()));
  const away = (mean.length() > 0.3 * nearest ? mean : (offsets[0] ?? mean)).clone().normalize();
  away.y += 0.22;
  away.normalize();
  const distances = offsets.map((offset) => {
    const along = offset.dot(away);
    return 1.1 * along + Math.sqrt(Math.max(0, offset.lengthSq() - along * along)) / slope;
  });
  return away.setLength(Math.max((1.2 * radius) / slope, ...distances)).add(center);
}

/** `[height, width, 4]`. */
function pixelsOf(bitmap: ImageBitmap): Uint8ClampedArray {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser cannot read the pixels of an image");
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, width, height).data;
}
