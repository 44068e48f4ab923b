/**
 * Mutual nearest neighbors of two pointmaps of 512x384 pixels, all points against all, in seconds of processor time:
 * one core, whatever else the machine does. The reference's recorded time is that of scipy's KD-trees on two cores.
 */
import { gaussian, type Random, seededRandom } from "../src/core/random.ts";
import { unprojectDepth } from "../src/geometry/camera.ts";
import { mutualNearestNeighbors, nearestNeighbors } from "../src/geometry/nearest-neighbors.ts";
import { transformPoints } from "../src/geometry/pose.ts";
import { syntheticScene } from "../test/synthetic-scene.ts";

const REFERENCE_SECONDS = 0.57;
const TO_REACH = 0.25;
const RUNS = 25;
const CHECKED = 200;
const size = { width: 512, height: 384 };
const count = size.width * size.height;

/** Two views of a scene, their depth wrong by half a percent. */
function twoViews(random: Random): Float32Array[] {
  const { scene } = syntheticScene({ names: ["left", "middle", "right"], size });
  return scene.images.slice(0, 2).map(({ depth, intrinsics, worldFromCam }) => {
    const noisy = depth!.map((z) => z * (1 + 0.005 * gaussian(random)));
    return transformPoints(worldFromCam!, unprojectDepth(noisy, size, intrinsics!));
  });
}

const cloud = (coordinate: (axis: number) => number): Float32Array =>
  Float32Array.from({ length: 3 * count }, (_, i) => coordinate(i % 3));

function clustered(random: Random): Float32Array {
  const centers = Float32Array.from({ length: 3000 }, () => 1000 * random());
  const cluster = Int32Array.from({ length: count }, () => Math.floor(1000 * random()));
  return Float32Array.from(
    { length: 3 * count },
    (_, i) => centers[3 * cluster[Math.floor(i / 3)]! + (i % 3)]! + 0.01 * gaussian(random),
  );
}

const cases: Record<string, (random: Random) => Float32Array[]> = {
  "two views": twoViews,
  "two views, one point far away": (random) => {
    const [points1, points2] = twoViews(random) as [Float32Array, Float32Array];
    points1[0] = 1e8;
    points2[0] = 1e8;
    return [points1, points2];
  },
  "random in a cube": (random) => [0, 1].map(() => cloud(random)),
  "in 1000 clusters": (random) => [clustered(random), clustered(random)],
  "on a line": (random) => [0, 1].map(() => cloud((axis) => (axis === 0 ? random() : 0))),
  "all in one place": () => [0, 1].map(() => cloud(() => 1)),
  "on a grid": (random) => [0, 1].map(() => cloud(() => Math.floor(30 * random()))),
};

/** Compares some of the neighbors with those of a brute-force search. */
function countWrong(queries: Float32Array, points: Float32Array): number {
  const { squaredDistances } = nearestNeighbors(queries, points);
  let wrong = 0;
  for (let q = 0; q < count; q += Math.floor(count / CHECKED)) {
    let least = Number.POSITIVE_INFINITY;
    for (let p = 0; p < count; p++) {
      const x = points[3 * p]! - queries[3 * q]!;
      const y = points[3 * p + 1]! - queries[3 * q + 1]!;
      const z = points[3 * p + 2]! - queries[3 * q + 2]!;
      least = Math.min(least, x * x + y * y + z * z);
    }
    if (least !== squaredDistances[q]) wrong++;
  }
  return wrong;
}

for (const [name, draw] of Object.entries(cases)) {
  const [points1, points2] = draw(seededRandom(name)) as [Float32Array, Float32Array];
  let seconds = Number.POSITIVE_INFINITY;
  let matches = 0;
  for (let run = 0; run < RUNS; run++) {
    const start = process.cpuUsage();
    matches = mutualNearestNeighbors(points1, points2).indices1.length;
    const { user, system } = process.cpuUsage(start);
    seconds = Math.min(seconds, (user + system) / 1e6);
  }
  const wrong = countWrong(points1, points2);
  console.log(
    `${name}: ${count} x ${count} in ${seconds.toFixed(3)} s, ${matches} matches, ${wrong} of ${CHECKED} wrong`,
  );
  if (name !== "two views") continue;
  const ratio = (seconds / REFERENCE_SECONDS).toFixed(2);
  console.log(
    `  time / reference's ${REFERENCE_SECONDS} s: ${ratio} (to reach: ${(TO_REACH / REFERENCE_SECONDS).toFixed(2)})`,
  );
}
