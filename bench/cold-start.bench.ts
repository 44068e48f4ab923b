/** What a first-time user waits for: `dust3r --help`, and the size of an installation without dev dependencies. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const times = Array.from({ length: 7 }, () => {
  const start = performance.now();
  spawnSync(process.execPath, [join(root, "bin/dust3r.js"), "--help"]);
  return (performance.now() - start) / 1000;
}).sort((a, b) => a - b);
console.log(`dust3r --help: ${times[3]!.toFixed(2)} s median of 7, ${times[0]!.toFixed(2)} s at best (to reach: 0.40)`);

const folder = mkdtempSync(join(tmpdir(), "dust3r-install-"));
for (const file of ["package.json", "package-lock.json", ".npmrc"]) cpSync(join(root, file), join(folder, file));
execFileSync("npm", ["ci", "--omit=dev"], { cwd: folder, stdio: "ignore" });
const kilobytes = Number(
  execFileSync("du", ["-sk", join(folder, "node_modules")], { encoding: "utf8" }).split("\t")[0],
);
rmSync(folder, { recursive: true });
console.log(`npm ci --omit=dev: ${(kilobytes / 1024).toFixed(0)} MB (to reach: 350)`);
