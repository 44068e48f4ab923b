import type { AnswerStatus } from "../core/answer-status.ts";
import { base64FromBytes } from "../core/base64.ts";
import type { Pose } from "../core/camera.ts";
import type { DenseScene } from "../core/dense-scene.ts";
import { assert } from "../core/errors.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import type { Scene } from "../core/scene.ts";
import { type ShownPoints, shownPoints, type TrackPoints } from "../core/track-points.ts";
import type { TrackSummary } from "../core/track-summary.ts";
import type { Size, View } from "../core/view.ts";
import { originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { type RunFacts, sceneJson } from "../scene-file/scene-json.ts";
import { frustumDepth } from "./frustum.ts";
import { imageColor } from "./image-color.ts";
import type { LoadPicture } from "./mesh-photos.ts";
import { densePixels, denseSize, networkPixels, type PagePixels } from "./page-pixels.ts";
import type { PointFilter } from "./point-filter.ts";
import {
  confidenceCode,
  depthCode,
  gridPixel,
  MEASURED_CODE,
  REPORT_DATA_MARK,
  type ReportCloud,
  type ReportData,
  type ReportImage,
  SHARE_CODE,
} from "./report-data.ts";
import type { LoadPreview } from "./texture.ts";
import { originalScale } from "./tracks/summarize-tracks.ts";
import type { EncodeJpeg } from "./view-pixels.ts";

const PHOTO_QUALITY = 88;
/** At four bytes of base64 a point, and the photos: about 15 MB, which phones still open. */
const MOST_POINTS = 3_000_000;
/** Pixels along the longer side of a photo, as long as all photos together stay below some megabytes. */
const PICTURE_SIDE = 720;
const MOST_PICTURE_PIXELS = 40 * PICTURE_SIDE * PICTURE_SIDE;
/** A picture that is hardly sharper than the view is not worth its bytes. */
const LEAST_GAIN = 1.25;

/** What the report shows and what it is made with. */
export interface ReportOptions {
  readonly run: RunFacts;
  readonly filter: PointFilter;
  readonly trackSummary: TrackSummary;
  readonly tracks: TrackPoints;
  /** What to know before trusting the scene, one sentence each. */
  readonly status: AnswerStatus;
  readonly warnings: readonly string[];
  readonly encodeJpeg: EncodeJpeg;
  /** Depth measured between the photos, which the page shows in place of the network's. */
  readonly dense?: DenseScene | undefined;
  /** Gives photos in the size of measured depth, for its colors; the views' pixels unless given. */
  readonly loadPicture?: LoadPicture | undefined;
  /** Gives the photos for their cameras to carry; the views' pixels unless given. */
  readonly loadPreview?: LoadPreview | undefined;
  /** The built viewer (`scripts/build-viewer.ts`): one HTML page with `REPORT_DATA_MARK` where the data go. */
  readonly viewerHtml: string;
  /** Beyond this many pixels all photos are sampled more coarsely; 3 million unless given. */
  readonly mostPoints?: number | undefined;
}

/** `index.html`: the viewer with the scene inside, one page that needs neither server nor network. */
export async function encodeReport(scene: Scene, views: readonly View[], options: ReportOptions): Promise<Uint8Array> {
  const [before, after, ...rest] = options.viewerHtml.split(REPORT_DATA_MARK);
  assert(before !== undefined && after !== undefined && rest.length === 0, "the viewer has one place for its data");
  // No `<` in the data: file names can neither close the script element nor open another.
  const json = JSON.stringify(await reportData(scene, views, options)).replaceAll("<", "\\u003c");
  return new TextEncoder().encode(before + json + after);
}

async function reportData(scene: Scene, views: readonly View[], options: ReportOptions): Promise<ReportData> {
  const { run, filter, trackSummary, tracks, status, warnings, encodeJpeg, dense, mostPoints = MOST_POINTS } = options;
  const longSide = Math.min(PICTURE_SIDE, Math.floor(Math.sqrt(MOST_PICTURE_PIXELS / views.length)));
  const registered = scene.images.filter((image) => image.registered);
  const sizes = scene.images.map((image, i) => {
    const map = dense?.maps[i];
    return map ? denseSize(views[i]!, map) : image;
  });
  const count = sizes.reduce(
    (sum, { width, height }, i) => sum + (scene.images[i]!.registered ? width * height : 0),
    0,
  );
  const step = Math.max(1, Math.sqrt(count / mostPoints));
  const maxConfidence = registered.reduce((max, { confidence }) => confidence.reduce((a, b) => Math.max(a, b), max), 1);
  const json = sceneJson(scene, views, {
    run,
    maps: null,
    trackSummary,
    status,
    warnings,
    minConfidence: filter.minConfidence,
  });
  const measured = dense?.maps.some((map) => map !== undefined) ?? false;
  const mostCode = measured ? MEASURED_CODE - 1 : MEASURED_CODE;
  const codeOf = (confidence: number): number => Math.min(mostCode, confidenceCode(confidence, maxConfidence));
  const pixelsOf = async (i: number): Promise<PagePixels> => {
    const [image, view, map] = [scene.images[i]!, views[i]!, await dense?.maps[i]?.load()];
    if (map === undefined) return networkPixels(image, view, codeOf);
    const picture = await options.loadPicture?.(i, { width: map.width, height: map.height });
    return densePixels(image, view, { map, picture, codeOf });
  };
  const shown = shownPoints(tracks, views.length);
  const images: ReportImage[] = [];
  let total = 0;
  for (const [i, image] of scene.images.entries()) {
    const view = views[i]!;
    const pixels = await pixelsOf(i);
    if (image.registered) total += pixels.depth.reduce((sum, z) => sum + (z > 0 ? 1 : 0), 0);
    const photo = await encodeJpeg(sampledColors(pixels, step), PHOTO_QUALITY);
    const picture = await sharperPicture(i, view, { ...options, longSide });
    images.push({
      ...json.images[i]!,
      intrinsics: originalIntrinsics(image.intrinsics, view.originalFromNetwork),
      color: imageColor(i),
      photo: base64FromBytes(photo),
      ...(picture && { picture: base64FromBytes(picture) }),
      tracks: base64FromBytes(trackPlaces(tracks, shown(i), view)),
      cloud: image.registered ? reportCloud(pixels, image.worldFromCam, step) : null,
    });
  }
  return {
    ...json,
    images,
    max_confidence: maxConfidence,
    measured,
    frustum_depth: frustumDepth(scene),
    total_points: total,
  };
}

/** What a view shows of its photo in more pixels; nothing where the photo is not at hand or has no more to show. */
async function sharperPicture(
  image: number,
  { width, height, originalFromNetwork: { scaleX } }: View,
  { loadPreview, longSide }: Pick<ReportOptions, "loadPreview"> & { readonly longSide: number },
): Promise<Uint8Array | undefined> {
  const known = Math.max(width, height);
  if (Math.min(longSide, known * scaleX) < LEAST_GAIN * known) return undefined;
  return await loadPreview?.(image, longSide);
}

/** Points beyond these, evenly chosen, would hide one another. */
const MOST_TRACKS = 2000;
const LARGEST_CODE = 65535;

/** Where a photo shows points, as `ReportImage.tracks` has it. */
function trackPlaces({ xy, errors }: TrackPoints, { observations: seen }: ShownPoints, view: View): Uint8Array {
  const step = Math.max(1, seen.length / MOST_TRACKS);
  const count = Math.floor(seen.length / step);
  const codes = new DataView(new ArrayBuffer(6 * count));
  const put = (k: number, value: number) =>
    codes.setUint16(2 * k, Math.max(0, Math.min(LARGEST_CODE, Math.round(value))), true);
  for (let k = 0; k < count; k++) {
    const at = seen[Math.floor(k * step)]!;
    put(3 * k, (SHARE_CODE * (xy[2 * at]! + 0.5)) / view.width);
    put(3 * k + 1, (SHARE_CODE * (xy[2 * at + 1]! + 0.5)) / view.height);
    put(3 * k + 2, 100 * errors[at]! * originalScale(view));
  }
  return new Uint8Array(codes.buffer);
}

function reportCloud({ intrinsics, ...pixels }: PagePixels, worldFromCam: Pose, step: number): ReportCloud {
  const grid = gridSize(pixels, step);
  const depthRange = rangeOf(pixels.depth);
  const depth = new DataView(new ArrayBuffer(2 * grid.width * grid.height));
  const confidence = new Uint8Array(grid.width * grid.height);
  forEachSample(pixels, step, (pixel, sample) => {
    depth.setUint16(2 * sample, depthCode(pixels.depth[pixel]!, depthRange), true);
    confidence[sample] = pixels.codes[pixel]!;
  });
  return {
    grid,
    step,
    network: { width: pixels.width, height: pixels.height },
    intrinsics,
    world_from_cam: Array.from(worldFromCam),
    depth_range: depthRange,
    depth: base64FromBytes(new Uint8Array(depth.buffer)),
    confidence: base64FromBytes(confidence),
  };
}

/** The colors that the page keeps, so that its points find theirs under their own index. */
function sampledColors(pixels: PagePixels, step: number): RgbImage {
  const grid = gridSize(pixels, step);
  const rgb = new Uint8Array(3 * grid.width * grid.height);
  forEachSample(pixels, step, (pixel, sample) => {
    for (let k = 0; k < 3; k++) rgb[3 * sample + k] = pixels.rgb[3 * pixel + k]!;
  });
  return { ...grid, rgb };
}

function forEachSample(size: Size, step: number, visit: (pixel: number, sample: number) => void): void {
  const grid = gridSize(size, step);
  for (let row = 0, sample = 0; row < grid.height; row++) {
    const from = gridPixel(row, step) * size.width;
    for (let column = 0; column < grid.width; column++, sample++) visit(from + gridPixel(column, step), sample);
  }
}

function gridSize({ width, height }: Size, step: number): Size {
  return { width: Math.max(1, Math.floor(width / step)), height: Math.max(1, Math.floor(height / step)) };
}

/** The smallest and the largest positive depth; 1 and 1 where there is none. */
function rangeOf(depth: Float32Array): readonly [number, number] {
  let nearest = Infinity;
  let farthest = 0;
  for (const z of depth) {
    if (z > 0 && z < nearest) nearest = z;
    if (z > farthest) farthest = z;
  }
  return farthest > 0 ? [nearest, farthest] : [1, 1];
}
