/** `npm run bench [-- NAME…]`: runs the benchmarks of `bench/` one after another, all of them or those named. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../bench");
const suffix = ".bench.ts";
const all = readdirSync(folder)
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length));
const chosen = process.argv.length > 2 ? process.argv.slice(2) : all;
for (const name of chosen) {
  if (!all.includes(name)) {
    console.error(`no benchmark "${name}"; there are: ${all.join(", ")}`);
    process.exit(2);
  }
  console.log(`\n# ${name}`);
  const { status } = spawnSync("npx", ["tsx", "--conditions=source", join(folder, name + suffix)], {
    stdio: "inherit",
  });
  if (status !== 0) process.exitCode = 1;
}
