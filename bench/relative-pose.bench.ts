/**
 * The relative pose of two photos by each method of `dust3r pose`, on pointmaps of procedural scenes, exact and with
 * errors like a network's: medians and means of the rotation error and of the error of t's direction, in degrees.
 */

import { composePoses, invertRigid, rotationOf, translationOf } from "../src/geometry/pose.ts";
import { rotationAngle } from "../src/geometry/rotation.ts";
import { generateScene } from "../src/procedural/generate-scene.ts";
import { estimateRelativePose } from "../src/tasks/relative-pose.ts";
import { RELATIVE_POSE_METHODS } from "../src/tasks/relative-pose-methods.ts";
import { type OracleNoise, oraclePredictions } from "../test/oracle-pairs.ts";

const SCENES = 40;
const MIN_OVERLAP = 0.3;
const NOISES: Readonly<Record<string, OracleNoise>> = {
  exact: { white: 0, smooth: 0, lateral: 0, outliers: 0 },
  "white noise, 3 %": { white: 0.03, smooth: 0, lateral: 0, outliers: 0.03 },
  "bent by 5 %": { white: 0.01, smooth: 0.05, lateral: 0, outliers: 0.02 },
  "bent by 5 % and 1 % sideways": { white: 0.01, smooth: 0.05, lateral: 0.01, outliers: 0.02 },
};

const pairs = Array.from({ length: SCENES }, (_, i) => {
  const view = { width: 224, height: 168, textureSize: 16, shadowSize: 16 };
  return generateScene(3, i, { ...view, views: 2, casual: false });
}).filter(({ overlap }) => Math.min(overlap[1]!, overlap[2]!) >= MIN_OVERLAP);

for (const [name, noise] of Object.entries(NOISES)) {
  console.log(`${name}, ${pairs.length} pairs of 224x168`);
  for (const method of RELATIVE_POSE_METHODS) {
    const rotations: number[] = [];
    const directions: number[] = [];
    pairs.forEach(({ views }, i) => {
      const edges = [[0, 1] as const, [1, 0] as const];
      const [forward, backward] = oraclePredictions(views, edges, { seed: `${name} ${i}`, noise });
      const found = estimateRelativePose(forward!, backward!, { method });
      const truth = composePoses(invertRigid(views[1]!.worldFromCam), views[0]!.worldFromCam);
      const pose = found.status === "ok" ? found.cam2FromCam1 : undefined;
      rotations.push(pose ? (rotationAngle(rotationOf(pose), rotationOf(truth)) * 180) / Math.PI : 180);
      directions.push(pose ? angleBetween(translationOf(pose), translationOf(truth)) : 180);
    });
    console.log(`  ${method.padEnd(11)} rotation ${summary(rotations)}   direction of t ${summary(directions)}`);
  }
}

function angleBetween(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, x, k) => sum + x * b[k]!, 0);
  return (Math.acos(Math.max(-1, Math.min(1, dot / (Math.hypot(...a) * Math.hypot(...b))))) * 180) / Math.PI;
}

function summary(values: readonly number[]): string {
  const median = values.toSorted((a, b) => a - b)[values.length >> 1]!;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return `${median.toFixed(2).padStart(6)} (mean ${mean.toFixed(2).padStart(6)})`;
}
