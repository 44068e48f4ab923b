/**
 * Verification of two photos by their matches, in milliseconds of processor time, and how wrong it is: medians and the worst,
 * in degrees and as a share of the focal length. Pixels are wrong by 0.7, depths by 15 %, the predicted pose by 12 degrees, the
 * expected focal length by 20 %.
 */

import { poseDifference } from "../src/geometry/robust/two-view/two-view-ranking.ts";
import { verifyTwoViews } from "../src/geometry/robust/two-view/verify-two-views.ts";
import { type MatchedPhotosOptions, matchedPhotos } from "../test/matched-photos.ts";

const RUNS = 12;
const CASES: Readonly<Record<string, MatchedPhotosOptions>> = {
  "500 matches, 30 % wrong": { count: 500 },
  "500 matches, 60 % wrong": { count: 500, outliers: 0.6 },
  "500 matches, 85 % wrong": { count: 500, outliers: 0.85 },
  "100 matches, 30 % wrong": { count: 100 },
  "500 matches, 30 % wrong, exact focal length": { count: 500, focalFactor: 1, focalSigma: 0 },
  "500 matches, 30 % wrong, no prediction": { count: 500, predictedOff: Number.NaN },
};

for (const [name, options] of Object.entries(CASES)) {
  const [times, rotations, directions, focals]: [number[], number[], number[], number[]] = [[], [], [], []];
  let verified = 0;
  for (let run = 0; run < RUNS; run++) {
    const { problem, cam2FromCam1, focal } = matchedPhotos(`${name} ${run}`, options);
    const start = process.cpuUsage();
    const found = verifyTwoViews(problem, { seed: run });
    const { user, system } = process.cpuUsage(start);
    if (run > 0) times.push((user + system) / 1000);
    if (found.status === "failed") continue;
    if (found.verdict === "verified") verified++;
    const { rotation, direction } = poseDifference(found.cameras, { cam2FromCam1 });
    rotations.push((rotation * 180) / Math.PI);
    directions.push((direction * 180) / Math.PI);
    focals.push(100 * Math.abs(found.cameras.focal1 / focal - 1));
  }
  console.log(
    `${name}: ${summary(times)} ms, ${verified} of ${RUNS} verified, rotation ${summary(rotations)} degrees, ` +
      `direction of t ${summary(directions)} degrees, focal length ${summary(focals)} %`,
  );
}

function summary(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  return `${sorted[sorted.length >> 1]?.toFixed(2)} (worst ${sorted.at(-1)?.toFixed(2)})`;
}
