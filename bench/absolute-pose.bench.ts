/**
 * A camera's pose and focal length from a pointmap of 512x384 pixels, in seconds of processor time, against the
 * reference's recorded sweep over 21 focal lengths. Points are wrong by half a percent of their depth.
 */
import { gaussian, seededRandom } from "../src/core/random.ts";
import { pixelGrid, unprojectDepth } from "../src/geometry/camera.ts";
import { invertRigid, rotationOf, transformPoints, translationOf } from "../src/geometry/pose.ts";
import { estimateAbsolutePose } from "../src/geometry/robust/absolute-pose.ts";
import { rotationAngle } from "../src/geometry/rotation.ts";
import { syntheticScene } from "../test/synthetic-scene.ts";

const REFERENCE_SECONDS = { known: 0.105, unknown: 2.28 };
const RUNS = 5;
const size = { width: 512, height: 384 };
const pixels = pixelGrid(size);
const { depth, intrinsics, worldFromCam } = syntheticScene({ names: ["a", "b", "c"], size }).scene.images[0]!;

/** The photo's points in the world, a share of them elsewhere. */
function pointsWith(outliers: number): Float32Array {
  const random = seededRandom(`outliers ${outliers}`);
  const points = transformPoints(worldFromCam!, unprojectDepth(depth!, size, intrinsics!));
  for (let i = 0; i < points.length; i += 3) {
    const wrong = random() < outliers;
    for (let k = 0; k < 3; k++) {
      points[i + k] = wrong ? 3 * gaussian(random) : points[i + k]! + 0.005 * depth![i / 3]! * gaussian(random);
    }
  }
  return points;
}

for (const focal of ["known", "unknown"] as const) {
  for (const outliers of [0, 0.3, 0.6, 0.8]) {
    const points = pointsWith(outliers);
    const guess = focal === "known" ? intrinsics! : { ...intrinsics!, fx: 700, fy: 700 };
    const worst = { seconds: 0, degrees: 0, distance: 0, focal: 0 };
    for (let seed = 0; seed < RUNS; seed++) {
      const start = process.cpuUsage();
      const found = estimateAbsolutePose(points, pixels, guess, { unknownFocal: focal === "unknown", seed });
      const { user, system } = process.cpuUsage(start);
      if (found.status === "failed") throw new Error(found.reason);
      const worldFromFound = invertRigid(found.camFromWorld);
      const [here, there] = [translationOf(worldFromFound), translationOf(worldFromCam!)];
      const angle = rotationAngle(rotationOf(worldFromFound), rotationOf(worldFromCam!));
      worst.seconds = Math.max(worst.seconds, seed === 0 ? 0 : (user + system) / 1e6);
      worst.degrees = Math.max(worst.degrees, (180 / Math.PI) * angle);
      worst.distance = Math.max(worst.distance, Math.hypot(...here.map((x, k) => x - there[k]!)));
      worst.focal = Math.max(worst.focal, Math.abs(found.intrinsics.fx / intrinsics!.fx - 1));
    }
    const speedup = REFERENCE_SECONDS[focal] / worst.seconds;
    console.log(
      `${focal} focal, ${100 * outliers} % outliers, worst of ${RUNS}: ${worst.seconds.toFixed(3)} s, ` +
        `${worst.degrees.toFixed(3)} degrees, ${worst.distance.toFixed(4)} units, focal ${(100 * worst.focal).toFixed(2)} %`,
    );
    const toReach = focal === "unknown" ? " (to reach: 10)" : "";
    console.log(`  reference's ${REFERENCE_SECONDS[focal]} s / time: ${speedup.toFixed(1)}${toReach}`);
  }
}
