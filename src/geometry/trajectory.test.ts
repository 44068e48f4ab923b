import fc from "fast-check";
import { expect, test } from "vitest";
import type { Vector3 } from "./mat3.ts";
import { rigidPose, rotationOf, translationOf } from "./pose.ts";
import { rotationAngle, rotationFromVector } from "./rotation.ts";
import { poseAt, type TimedPose } from "./trajectory.ts";

const number = fc.double({ min: -1, max: 1, noNaN: true });
const vector = fc.tuple(number, number, number);

/** Turning about one axis and moving along a line, both steadily. */
function steady(axis: Vector3, velocity: Vector3, time: number): TimedPose {
  const turn: Vector3 = [time * axis[0], time * axis[1], time * axis[2]];
  const place: Vector3 = [time * velocity[0], time * velocity[1], time * velocity[2]];
  return { time, worldFromCam: rigidPose(rotationFromVector(turn), place) };
}

function angleBetween(a: TimedPose["worldFromCam"], b: TimedPose["worldFromCam"]): number {
  return rotationAngle(rotationOf(a), rotationOf(b));
}

test("steady motion over equal steps is met exactly at any time", () => {
  const steps = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(vector, vector, steps, fc.double({ min: 0, max: 1, noNaN: true }), (axis, velocity, count, share) => {
      const trajectory = Array.from({ length: count + 1 }, (_, i) => steady(axis, velocity, 0.3 * i));
      const time = share * 0.3 * count;
      const pose = poseAt(trajectory, time)!;
      const expected = steady(axis, velocity, time).worldFromCam;
      expect(angleBetween(pose, expected)).toBeLessThan(1e-6);
      for (const [k, value] of translationOf(pose).entries()) expect(value).toBeCloseTo(translationOf(expected)[k]!, 9);
    }),
  );
});

test("whatever the motion and the times: the recorded poses are met, and so is what lies just before and after them", () => {
  const entry = fc.tuple(fc.double({ min: 0.1, max: 0.5, noNaN: true }), vector, vector);
  fc.assert(
    fc.property(fc.array(entry, { minLength: 2, maxLength: 6 }), (entries) => {
      let time = 0;
      const trajectory = entries.map(([step, turn, place]) => {
        time += step;
        return { time, worldFromCam: rigidPose(rotationFromVector(turn), place) };
      });
      for (const { time: at, worldFromCam } of trajectory) {
        expect(angleBetween(poseAt(trajectory, at)!, worldFromCam)).toBeLessThan(1e-6);
        for (const near of [at - 1e-7, at + 1e-7]) {
          const pose = poseAt(trajectory, near);
          if (pose !== undefined) expect(angleBetween(pose, worldFromCam)).toBeLessThan(1e-5);
        }
      }
    }),
  );
});

test("where turning speeds up, it is followed better than by slerp", () => {
  // The angle grows with the square of time: half way from 1 to 2 it is 2.25 steps, where slerp would say 2.5.
  const faster = [0, 1, 2, 3].map((time) => {
    return { time, worldFromCam: rigidPose(rotationFromVector([0.1 * time * time, 0, 0]), [0, 0, 0]) };
  });
  expect(Math.abs(angleBetween(poseAt(faster, 1.5)!, faster[0]!.worldFromCam) - 0.225)).toBeLessThan(0.005);
});

test("outside of what was recorded there is no pose; a single one is itself", () => {
  const one = steady([1, 0, 0], [1, 2, 3], 0.5);
  expect(poseAt([], 0)).toBeUndefined();
  expect(poseAt([one], 0.4)).toBeUndefined();
  expect(poseAt([one], Number.NaN)).toBeUndefined();
  expect(poseAt([one], 0.5)).toEqual(one.worldFromCam);
  expect(poseAt([one, steady([1, 0, 0], [1, 2, 3], 1)], 1.01)).toBeUndefined();
});
