import { Group, Quaternion, Vector3 } from "three";
import { upperMedian } from "../core/upper-median.ts";
import type { ReportCloud } from "../export/report-data.ts";
import type { PointCloud } from "./point-cloud.ts";

const SAMPLES = 4000;
const UP = new Vector3(0, 1, 0);

/** A group for things in the world frame (OpenCV axes), turned so that up is what the cameras on average call up. */
export function createWorld(clouds: readonly ReportCloud[]): Group {
  const up = new Vector3();
  for (const { world_from_cam: m } of clouds) up.sub(new Vector3(m[1], m[5], m[9]));
  const world = new Group();
  world.quaternion.set(1, 0, 0, 0);
  if (up.lengthSq() < 1e-6) return world;
  up.normalize().applyQuaternion(world.quaternion);
  world.quaternion.premultiply(new Quaternion().setFromUnitVectors(up, UP));
  return world;
}

/** Where the points gather, and how far from there they typically lie. */
export interface Focus {
  readonly center: Vector3;
  readonly radius: number;
}

/** The focus of the points drawn, in the frame of the world's parent; medians, so that outliers do not matter. */
export function focusOf(world: Group, clouds: readonly PointCloud[]): Focus {
  const samples = clouds.flatMap((cloud) => samplePoints(cloud, Math.ceil(SAMPLES / clouds.length)));
  for (const sample of samples) sample.applyQuaternion(world.quaternion);
  const center = new Vector3(
    upperMedian(samples.map(({ x }) => x)) ?? 0,
    upperMedian(samples.map(({ y }) => y)) ?? 0,
    upperMedian(samples.map(({ z }) => z)) ?? 0,
  );
  return { center, radius: upperMedian(samples.map((sample) => sample.distanceTo(center))) || 1 };
}

/** Of those that are drawn. */
function samplePoints({ object, drawn }: PointCloud, count: number): Vector3[] {
  const position = object.geometry.getAttribute("position");
  const every = Math.max(1, Math.floor(drawn.reduce((sum, part) => sum + part.count, 0) / count));
  return drawn.flatMap((part) =>
    Array.from({ length: Math.ceil(part.count / every) }, (_, k) =>
      new Vector3().fromBufferAttribute(position, part.start + k * every),
    ),
  );
}
