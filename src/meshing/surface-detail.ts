import { upperMedian } from "../core/upper-median.ts";
import { invertRigid, transformPoints } from "../geometry/pose.ts";
import { type MeshDepth, type PhotoSurface, photoSurface } from "./photo-surface.ts";

/** What a grid must resolve. */
export interface SurfaceDetail {
  /** Distance between neighboring pixels on the surface: the median. */
  readonly spacing: number;
  /** By how much two photos usually disagree about the surface: the median; 0 where no two photos show the same. */
  readonly disagreement: number;
}

/** About as many pixels of a photo are looked at. */
const SAMPLES = 2000;
/** Photos that each photo is compared with: those that follow it. */
const OTHERS = 3;
/** Surfaces farther apart, as a share of their depth, are not the same. */
const SAME = 0.1;

/**
 * The detail of photos' surfaces, by samples of those depths that are trusted most. Photos come one by one, each with a few others in memory.
 */
export async function surfaceDetail(
  count: number,
  load: (photo: number) => Promise<MeshDepth>,
): Promise<SurfaceDetail> {
  const spacings: number[] = [];
  const recent: { readonly surface: PhotoSurface; readonly photo: MeshDepth }[] = [];
  const found: { readonly trust: number; readonly distance: number }[] = [];
  let most = 0;
  for (let i = 0; i < count + Math.min(OTHERS, count - 1); i++) {
    const photo = i < count ? await load(i) : undefined;
    if (photo === undefined) {
      recent.shift();
      continue;
    }
    const { fx, fy } = photo.intrinsics;
    const points = samples(photo);
    for (const { z } of points) spacings.push(z / Math.sqrt(fx * fy));
    for (const { trust } of points) most = Math.max(most, trust);
    for (const other of recent) found.push(...distances(points, other));
    recent.push({ surface: photoSurface(photo, 1), photo });
    if (recent.length > OTHERS) recent.shift();
  }
  const trusted = found.filter(({ trust }) => trust >= 0.99 * most).map(({ distance }) => distance);
  return { spacing: upperMedian(spacings) ?? 0, disagreement: upperMedian(trusted) ?? 0 };
}

interface SamplePoint {
  readonly z: number;
  readonly trust: number;
  /** In the world. */
  readonly point: readonly [number, number, number];
}

function samples({ width, height, depth, trust, intrinsics, worldFromCam }: MeshDepth): SamplePoint[] {
  const { fx, fy, cx, cy } = intrinsics;
  const stride = Math.max(1, Math.floor(Math.sqrt((width * height) / SAMPLES)));
  const found: SamplePoint[] = [];
  for (let y = stride >> 1; y < height; y += stride) {
    for (let x = stride >> 1; x < width; x += stride) {
      const z = depth[y * width + x]!;
      if (!(z > 0)) continue;
      const own = Float64Array.of(((x - cx) / fx) * z, ((y - cy) / fy) * z, z);
      const [a, b, c] = transformPoints(worldFromCam, own);
      found.push({ z, trust: trust[y * width + x]!, point: [a!, b!, c!] });
    }
  }
  return found;
}

/** How far points lie from the surface of another photo that shows them. */
function distances(
  points: readonly SamplePoint[],
  { surface, photo }: { readonly surface: PhotoSurface; readonly photo: MeshDepth },
): { readonly trust: number; readonly distance: number }[] {
  const { width, height, intrinsics, planes, offsets, weights } = surface;
  const { fx, fy, cx, cy } = intrinsics;
  const there = transformPoints(
    invertRigid(surface.worldFromCam),
    Float64Array.from(points.flatMap(({ point }) => point)),
  );
  return points.flatMap(({ trust }, i) => {
    const [x, y, z] = [there[3 * i]!, there[3 * i + 1]!, there[3 * i + 2]!];
    const [u, v] = [Math.round((fx * x) / z + cx), Math.round((fy * y) / z + cy)];
    if (!(z > 0 && u >= 0 && v >= 0 && u < width && v < height)) return [];
    const pixel = v * width + u;
    if (weights[pixel] === 0 || Math.abs(photo.depth[pixel]! / z - 1) > SAME) return [];
    const ahead = 1 - planes[3 * pixel]! * x - planes[3 * pixel + 1]! * y - planes[3 * pixel + 2]! * z;
    return [{ trust: Math.min(trust, photo.trust[pixel]!), distance: Math.abs(ahead * offsets[pixel]!) }];
  });
}
