/** Installs what is missing and builds what is out of date, saying so: `npm run demo` and `npm test` begin with it. */
import { execSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

process.chdir(join(import.meta.dirname, ".."));

/** Time of the newest file below a path. */
function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function step(reason, command) {
  console.log(`${reason}: ${command}`);
  const started = Date.now();
  try {
    execSync(command, { stdio: ["ignore", "pipe", "inherit"] });
  } catch (error) {
    // The compiler explains itself on stdout.
    console.error(`${error.stdout ?? ""}\n${command} failed`);
    process.exit(1);
  }
  console.log(`  done in ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

const installed = "node_modules/.package-lock.json";
if (!existsSync(installed) || newest("package-lock.json") > newest(installed)) {
  step("installing dependencies (about a minute)", "npm ci");
}
const sources = Math.max(...["src", "web", "scripts", "package.json", "tsconfig.build.json"].map(newest));
if (sources > newest("dist/web/service-worker.js")) step("building (about 40 seconds)", "npm run build");
