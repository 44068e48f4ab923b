import { expect, test } from "vitest";
import { formatLeft, RunClock, type StagePace, stagesOf } from "./time-left.ts";

const STAGES = stagesOf(3, true);
const clockOf = (photos: number, pace: StagePace) =>
  new RunClock(photos, { stages: stagesOf(photos, false), pace, now: 0 });
const PACE = Object.fromEntries(STAGES.map(({ stage }) => [stage, 1]));

test("before the first step all units are ahead, at the pace of earlier runs", () => {
  const units = STAGES.reduce((sum, { units: of }) => sum + of(3), 0);
  expect(new RunClock(3, { stages: STAGES, pace: PACE, now: 0 }).status(0)).toEqual({
    stage: null,
    done: 0,
    total: 0,
    share: 0,
    secondsLeft: units,
  });
});

test("the run's own pace counts as soon as there is one, and time passes between steps", () => {
  const clock = clockOf(2, { ...PACE, align: 0, realign: 0, refine: 0, adjust: 0, features: 0, export: 0 });
  clock.step({ stage: "encode", done: 1, total: 2 }, 4);
  // One more at 4 s, then two pairs at 1 s.
  expect(clock.status(4).secondsLeft).toBe(6);
  expect(clock.status(5).secondsLeft).toBe(5);
  expect(clock.status(5).share).toBeCloseTo(0.5, 12);
  expect(clock.pace().encode).toBe(4);
});

test("units that an earlier run had finished cost nothing and set no pace", () => {
  const clock = clockOf(2, PACE);
  clock.step({ stage: "decode", done: 2, total: 2, reused: 2 }, 0.1);
  expect(clock.pace().decode).toBe(1);
});

test("bytes of a download count as one unit", () => {
  const clock = clockOf(2, PACE);
  clock.step({ stage: "download", done: 1e6, total: 4e6 }, 2);
  expect(clock.status(2)).toMatchObject({ stage: "download", done: 0.25, total: 1 });
  expect(clock.pace().download).toBe(8);
});

test("the share never decreases along a steady run", () => {
  const clock = new RunClock(3, { stages: STAGES, pace: PACE, now: 0 });
  let [now, before] = [0, 0];
  for (const { stage, units } of STAGES) {
    for (let done = 1; done <= units(3); done++) {
      clock.step({ stage: stage === "realign" ? "align" : stage, done, total: units(3) }, ++now);
      expect(clock.status(now).share).toBeGreaterThanOrEqual(before);
      before = clock.status(now).share;
    }
  }
  expect(clock.status(now).secondsLeft).toBe(0);
});

test("depth is measured where it is asked for, between photos", () => {
  const counts = [1, 3, 100].map((photos) => [false, true].map((dense) => stagesOf(photos, dense).length));
  expect(counts.map(([without, measured]) => measured! - without!)).toEqual([0, 1, 1]);
});

test("a photo alone has no stages of several, and many photos are compared by their features", () => {
  const namesOf = (photos: number) => stagesOf(photos, false).map(({ stage }) => stage);
  expect(namesOf(1)).toEqual(["download", "images", "encode", "decode", "align", "export"]);
  const [few, many] = [namesOf(3), namesOf(100)];
  expect(few.indexOf("features")).toBeGreaterThan(few.indexOf("decode"));
  expect(many.indexOf("features")).toBeLessThan(many.indexOf("decode"));
  expect([...many].sort()).toEqual([...few].sort());
});

test("times are told no more exactly than they are known", () => {
  expect([1, 12, 58, 61, 125].map(formatLeft)).toEqual([
    "a moment",
    "about 15 s",
    "about 1 min",
    "about 2 min",
    "about 3 min",
  ]);
});
