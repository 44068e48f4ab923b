import type { Pose } from "../src/core/camera.ts";
import type { ImagePlane } from "../src/core/image-plane.ts";
import type { PairPrediction } from "../src/core/pair-prediction.ts";
import { type Random, seededRandom } from "../src/core/random.ts";
import type { Size } from "../src/core/view.ts";
import { centeredIntrinsics, unprojectDepth } from "../src/geometry/camera.ts";
import { invertRigid, rigidPose, transformPoints } from "../src/geometry/pose.ts";
import { rotationFromVector } from "../src/geometry/rotation.ts";
import { readGoldens } from "./golden.ts";

/** A camera in a room: the box |x| < 4, |y| < 2, −2 < z < 6. */
export interface RoomCamera {
  readonly size: Size;
  readonly focal: number;
  readonly worldFromCam: Pose;
}

/** Cameras near the middle of the room that look ahead, each somewhat differently. */
export function roomCameras(sizes: readonly Size[], seed: string): RoomCamera[] {
  const random = seededRandom(seed);
  const within = (extent: number) => extent * (2 * random() - 1);
  return sizes.map((size) => {
    const rotation = rotationFromVector([within(0.15), within(0.3), within(0.1)]);
    const worldFromCam = rigidPose(rotation, [within(2), within(0.7), within(0.7)]);
    return { size, focal: Math.max(size.width, size.height) * (0.9 + 0.4 * random()), worldFromCam };
  });
}

/** The exact z-depth that a camera sees, `[height, width]`. */
export function roomDepth({ size, focal, worldFromCam }: RoomCamera): Float32Array {
  const rays = unprojectDepth(
    new Float32Array(size.width * size.height).fill(1),
    size,
    centeredIntrinsics(size, focal),
  );
  const ends = transformPoints(worldFromCam, Float64Array.from(rays));
  const start = [worldFromCam[3]!, worldFromCam[7]!, worldFromCam[11]!];
  const walls = [
    [-4, 4],
    [-2, 2],
    [-2, 6],
  ];
  return Float32Array.from({ length: size.width * size.height }, (_, pixel) =>
    Math.min(
      ...walls.map(([low, high], axis) => {
        const direction = ends[3 * pixel + axis]! - start[axis]!;
        return ((direction < 0 ? low! : high!) - start[axis]!) / direction;
      }),
    ),
  );
}

/** Exact predictions for ordered pairs of cameras, each at a random scale; `confidence` everywhere. */
export function perfectPredictions(
  cameras: readonly RoomCamera[],
  edges: readonly (readonly [view1: number, view2: number])[],
  { random = seededRandom("scales"), confidence = 10 }: { random?: Random; confidence?: number } = {},
): PairPrediction[] {
  const world = cameras.map((camera) => {
    const { size, focal, worldFromCam } = camera;
    const points = unprojectDepth(roomDepth(camera), size, centeredIntrinsics(size, focal));
    return transformPoints(worldFromCam, Float64Array.from(points));
  });
  return edges.map(([view1, view2]) => {
    const scale = Math.exp(2 * random() - 1);
    const camFromWorld = invertRigid(cameras[view1]!.worldFromCam);
    const pointmap = (view: number) => Float32Array.from(transformPoints(camFromWorld, world[view]!), (x) => scale * x);
    const sure = (view: number) => new Float32Array(world[view]!.length / 3).fill(confidence);
    return {
      view1,
      view2,
      size1: cameras[view1]!.size,
      size2: cameras[view2]!.size,
      pointmap1: pointmap(view1),
      pointmap2: pointmap(view2),
      confidence1: sure(view1),
      confidence2: sure(view2),
    };
  });
}

/** The predictions recorded in a golden file, under names that begin with `prefix`. */
export function goldenPredictions(file: string, prefix = ""): PairPrediction[] {
  const read = readGoldens(file);
  const golden = (name: string) => read(prefix + name);
  const edges = golden("edges").data;
  const [count, height, width] = golden("in.pred1.conf").shape as [number, number, number];
  // The reference has the principal point half a pixel beyond the middle.
  const size: ImagePlane = { width, height, principalPoint: [width / 2, height / 2] };
  const part = (name: string, pair: number) => {
    const { data } = golden(name);
    return data.slice((pair * data.length) / count, ((pair + 1) * data.length) / count);
  };
  return Array.from({ length: count }, (_, pair) => ({
    view1: edges[2 * pair]!,
    view2: edges[2 * pair + 1]!,
    size1: size,
    size2: size,
    pointmap1: part("in.pred1.pts3d", pair),
    confidence1: part("in.pred1.conf", pair),
    pointmap2: part("in.pred2.pts3d_in_other_view", pair),
    confidence2: part("in.pred2.conf", pair),
  }));
}

/** Poses recorded in a golden file, `[n, 4, 4]`. */
export function goldenPoses(file: string, name: string): Pose[] {
  const { data } = readGoldens(file)(name);
  return Array.from({ length: data.length / 16 }, (_, i) => Float64Array.from(data.slice(16 * i, 16 * i + 16)));
}

/** A list as the stream that alignment takes. */
export async function* streamOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
