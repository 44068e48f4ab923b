import type { PairPrediction } from "../src/core/pair-prediction.ts";
import { gaussian, seededRandom } from "../src/core/random.ts";
import type { Size } from "../src/core/view.ts";
import { centeredIntrinsics, unprojectDepth } from "../src/geometry/camera.ts";
import { cross, fromColumns, normalize, subtract, type Vector3 } from "../src/geometry/mat3.ts";
import { invertRigid, rigidPose, transformPoints } from "../src/geometry/pose.ts";
import { type RoomCamera, roomDepth } from "./synthetic-pairs.ts";

const SPHERES: readonly { readonly center: Vector3; readonly radius: number }[] = [
  { center: [-1.4, 1.2, 3.2], radius: 0.8 },
  { center: [0.3, 1.5, 2.4], radius: 0.5 },
  { center: [1.5, 0.9, 3.8], radius: 1.1 },
  { center: [0.1, 0.4, 4.6], radius: 0.9 },
];
/** What the cameras look at. */
const TARGET: Vector3 = [0, 0.9, 3.4];

/** Cameras on an arc in a room with four spheres, all looking at them; focal lengths differ. */
export function arcCameras(count: number, size: Size, seed: number | string = "arc"): RoomCamera[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const angle = (count === 1 ? 0 : i / (count - 1) - 0.5) * Math.min(1.6, 0.4 * (count - 1));
    const radius = 3.6 + 0.4 * random();
    const center: Vector3 = [radius * Math.sin(angle), 0.3 - random(), TARGET[2] - radius * Math.cos(angle)];
    const forward = normalize(subtract(TARGET, center));
    const right = normalize(cross([0.1 * random(), 1, 0.1 * random()], forward));
    const rotation = fromColumns(right, cross(forward, right), forward);
    const focal = Math.max(size.width, size.height) * (0.9 + 0.4 * random());
    return { size, focal, worldFromCam: rigidPose(rotation, center) };
  });
}

/** The exact z-depth that a camera sees, `[height, width]`. */
export function sphereRoomDepth(camera: RoomCamera): Float32Array {
  const { size, focal, worldFromCam } = camera;
  const depth = roomDepth(camera);
  const camFromWorld = invertRigid(worldFromCam);
  const centers = transformPoints(camFromWorld, Float64Array.from(SPHERES.flatMap(({ center }) => [...center])));
  const rays = unprojectDepth(new Float32Array(depth.length).fill(1), size, centeredIntrinsics(size, focal));
  SPHERES.forEach(({ radius }, s) => {
    const [cx, cy, cz] = centers.subarray(3 * s) as unknown as [number, number, number];
    for (let i = 0; i < depth.length; i++) {
      const x = rays[3 * i]!;
      const y = rays[3 * i + 1]!;
      const along = x * cx + y * cy + cz;
      const length2 = x * x + y * y + 1;
      const root = along * along - length2 * (cx * cx + cy * cy + cz * cz - radius * radius);
      const near = (along - Math.sqrt(root)) / length2;
      if (near > 0 && near < depth[i]!) depth[i] = near;
    }
  });
  return depth;
}

/** How wrong predictions are. */
export interface PairNoise {
  readonly seed?: number | string;
  /** Typical error as a share of the distance; a hundredth when left out. */
  readonly noise?: number;
  /** Share of outlier pixels, at a confidence near 1; 0.03 when left out. */
  readonly outliers?: number;
  /** Pairs are at scales within the exponential of this much to either side; 0.7 when left out. */
  readonly scales?: number;
}

/**
 * Predictions with errors: each ordered pair at a scale of its own, noise larger where the confidence is low, outliers
 * at a confidence near 1. Pairs are made when they are asked for.
 */
export function* noisyPredictions(
  cameras: readonly RoomCamera[],
  edges: readonly (readonly [view1: number, view2: number])[],
  { seed = "noise", noise = 0.01, outliers = 0.03, scales = 0.7 }: PairNoise = {},
): Generator<PairPrediction> {
  const random = seededRandom(seed);
  const world = cameras.map((camera) => {
    const { size, focal, worldFromCam } = camera;
    const points = unprojectDepth(sphereRoomDepth(camera), size, centeredIntrinsics(size, focal));
    return transformPoints(worldFromCam, Float64Array.from(points));
  });
  for (const [view1, view2] of edges) {
    const scale = Math.exp(scales * (2 * random() - 1));
    const camFromWorld = invertRigid(cameras[view1]!.worldFromCam);
    const predict = (view: number) => {
      const points = Float32Array.from(transformPoints(camFromWorld, world[view]!));
      const confidence = new Float32Array(points.length / 3);
      for (let i = 0; i < confidence.length; i++) {
        const isOutlier = random() < outliers;
        const c = isOutlier ? 1 + 0.1 * random() : 1 + Math.exp(2.5 * random());
        const distance = Math.hypot(points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!);
        const deviation = distance * (isOutlier ? 0.3 : (noise * 5) / c);
        confidence[i] = c;
        for (let k = 0; k < 3; k++) points[3 * i + k] = scale * (points[3 * i + k]! + deviation * gaussian(random));
      }
      return { points, confidence };
    };
    const [first, second] = [predict(view1), predict(view2)];
    yield {
      view1,
      view2,
      size1: cameras[view1]!.size,
      size2: cameras[view2]!.size,
      pointmap1: first.points,
      confidence1: first.confidence,
      pointmap2: second.points,
      confidence2: second.confidence,
    };
  }
}
