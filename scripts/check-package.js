/**
 * `npm run check:package`: packs what would be published and checks its files, its size, its entry points and its types, and that
 * it installs and works where only the npm registry can be reached.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

process.chdir(join(import.meta.dirname, ".."));

/** The weights are nearly all of it. */
const MOST_BYTES = 50e6;
const EXPECTED = [
  /^(package\.json|README\.md|LICENSE)$/,
  /^schemas\/[a-z-]+\.schema\.json$/,
  /^bin\/dust3r\.js$/,
  /^dist\/(?!.*\.test\.)[\w/-]+(\.d\.ts|\.js)$/,
  /^dist\/export\/viewer\.html$/,
  /^dist\/web\/api\/server$/,
  /^dist\/web\/[\w./-]+\.(html|js|css|json|bin|jpg|png|svg|webmanifest)$/,
  /^models\/(small|tiny)\/(config\.json|training\.json|model\.safetensors|README\.md)$/,
  /^examples\/photos\/([\w-]+\.jpg|scene\.json)$/,
];

/** Runs a tool of ours on the tarball; its findings are printed. */
function passes(tool, ...args) {
  return spawnSync(process.execPath, [tool, ...args], { stdio: "inherit" }).status === 0;
}

function packProblems({ size, files }) {
  const problems = files
    .filter(({ path }) => !EXPECTED.some((pattern) => pattern.test(path)))
    .map(({ path }) => `${path} is not expected in the package`);
  if (size > MOST_BYTES) problems.push(`the package has ${size} bytes; at most ${MOST_BYTES} are expected`);
  const mapped = files.filter(
    ({ path }) => path.endsWith(".js") && readFileSync(path, "utf8").includes("\n//# sourceMappingURL="),
  );
  return [...problems, ...mapped.map(({ path }) => `${path} points at a source map, and none is packed`)];
}

/** Installs the tarball in an empty folder without scripts, which fetch from elsewhere, and runs it there: what went wrong. */
function installProblems(tarball, folder) {
  mkdirSync(folder);
  const run = (command, args) => spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  const quiet = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  const installed = run("npm", ["install", ...quiet, tarball]);
  if (installed.status !== 0) return [`it does not install: ${installed.stderr}`];
  const { packages } = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
  const elsewhere = Object.entries(packages).filter(([, { resolved = "" }]) => /^(git|github)/.test(resolved));
  const problems = elsewhere.map(([name, { resolved }]) => `${name} comes from ${resolved}`);
  const program = join(folder, "node_modules/dust3r/bin/dust3r.js");
  const doctor = run(process.execPath, [program, "doctor", "--json"]);
  if (doctor.status !== 0) return [...problems, `dust3r doctor fails: ${doctor.stderr}`];
  const devices = new Map(JSON.parse(doctor.stdout).devices.map((entry) => [entry.device, entry.problem]));
  if (devices.get("cpu") !== undefined) problems.push(`doctor: the processor cannot be used: ${devices.get("cpu")}`);
  const missing = devices.get("cuda") ?? "";
  if (missing.includes("shared library") && !missing.includes("npm rebuild onnxruntime-node"))
    problems.push(`doctor does not say how to fetch CUDA's libraries: ${missing}`);
  const demo = run(process.execPath, [program, "demo", "-o", "scene"]);
  if (demo.status !== 0) problems.push(`dust3r demo fails: ${demo.stderr}`);
  return problems;
}

const folder = mkdtempSync(join(tmpdir(), "dust3r-pack-"));
try {
  const pack = ["pack", "--json", "--pack-destination", folder];
  const [packed] = JSON.parse(execFileSync("npm", pack, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  const tarball = join(folder, packed.filename);
  const problems = [...packProblems(packed), ...installProblems(tarball, join(folder, "installed"))];
  for (const problem of problems) console.error(problem);
  // It is an ES module; CommonJS reaches it by `import()`, so that `require` has no types is no fault.
  const typed = passes(
    "node_modules/@arethetypeswrong/cli/dist/index.js",
    tarball,
    "--profile",
    "esm-only",
    "--no-emoji",
  );
  const published = passes("node_modules/publint/src/cli.js", "run", tarball, "--strict");
  if (problems.length > 0 || !typed || !published) process.exitCode = 1;
  else
    console.log(
      `package: ${packed.files.length} files, ${(packed.size / 1e6).toFixed(1)} MB of at most ${MOST_BYTES / 1e6}`,
    );
} finally {
  rmSync(folder, { recursive: true });
}
