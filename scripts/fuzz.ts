import { parseArgs } from "node:util";
import { formatTargets } from "../test/fuzz/format-targets.ts";
import { fuzz } from "../test/fuzz/fuzz.ts";
import { GuardedReader } from "../test/fuzz/guarded-reader.ts";
import { pictureTargets } from "../test/fuzz/picture-targets.ts";

/** `npm run fuzz -- [--minutes 60] [--only NAME] [--seed N]`: every reader in turn, from new seeds, until the time is over. */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "60" },
    only: { type: "string", default: "" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
  },
});
const MILLISECONDS_EACH = 10_000;

const targets = Object.entries({ ...(await formatTargets()), ...(await pictureTargets()) });
const chosen = targets.filter(([name]) => name.includes(values.only));
const reader = new GuardedReader();
const end = Date.now() + 60_000 * Number(values.minutes);
for (let seed = Number(values.seed); Date.now() < end; seed++) {
  reader.stop();
  for (const [name, target] of chosen) {
    const options = { seed, milliseconds: Math.min(MILLISECONDS_EACH, end - Date.now()) };
    if (options.milliseconds <= 0) break;
    try {
      console.log(`${name}: ${await fuzz(name, target, options, reader)} files, seed ${seed}`);
    } catch (error) {
      console.error((error as Error).message);
      process.exitCode = 1;
    }
  }
}
reader.stop();
