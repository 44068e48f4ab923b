import { afterAll, describe, expect, test } from "vitest";
import { formatTargets } from "./format-targets.ts";
import { fuzz } from "./fuzz.ts";
import { GuardedReader } from "./guarded-reader.ts";
import { pictureTargets } from "./picture-targets.ts";

/** All of it takes less than a minute; `npm run fuzz` looks for hours, and from other seeds. */
const MILLISECONDS_EACH = 1000;
const SEED = 20_261_128;

const reader = new GuardedReader();
afterAll(() => reader.stop());

describe("mistakes in files never cost more than an error", async () => {
  const targets = { ...(await formatTargets()), ...(await pictureTargets()) };
  test.each(Object.entries(targets))("%s", async (name, target) => {
    expect(await fuzz(name, target, { seed: SEED, milliseconds: MILLISECONDS_EACH }, reader)).toBeGreaterThan(5);
  });
});
