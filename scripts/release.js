/**
 * `npm run release -- X.Y.Z [--dry-run]`: from a clean tree, runs all checks and tests, dates the changelog's unreleased part,
 * and commits and tags the version. Nothing leaves this machine.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

process.chdir(join(import.meta.dirname, ".."));

const { values, positionals } = parseArgs({ options: { "dry-run": { type: "boolean" } }, allowPositionals: true });
const dryRun = values["dry-run"] === true;
const version = positionals[0] ?? "";
const tag = `v${version}`;

function refuse(reason) {
  console.error(`no release: ${reason}`);
  process.exit(2);
}

const ask = (command, ...args) => execFileSync(command, args, { encoding: "utf8" }).trim();

function step(command, ...args) {
  console.log(`> ${command} ${args.join(" ")}`);
  if (!dryRun && spawnSync(command, args, { stdio: "inherit" }).status !== 0) refuse("this step failed");
}

/** True when `a` is the later of two versions. */
function isLater(a, b) {
  return a.localeCompare(b, "en", { numeric: true }) > 0;
}

const current = JSON.parse(readFileSync("package.json", "utf8")).version;
if (!/^\d+\.\d+\.\d+$/.test(version)) refuse(`expected a version X.Y.Z, found ${JSON.stringify(version)}`);
if (!isLater(version, current)) refuse(`${version} does not come after ${current}`);
if (ask("git", "tag", "--list", tag) !== "") refuse(`there is a tag ${tag} already`);
if (ask("git", "status", "--porcelain") !== "") refuse("the working tree has changes; commit or remove them first");

const changelog = readFileSync("CHANGELOG.md", "utf8");
const [head, changes] = changelog.split("## Unreleased\n");
if (changes === undefined || !/^\s*- /.test(changes)) refuse('CHANGELOG.md has nothing under "Unreleased"');

step("npm", "ci");
step("npm", "run", "build");
for (const check of ["check", "check:package", "test"]) step("npm", "run", check);

const heading = `## ${version} – ${new Date().toISOString().slice(0, 10)}`;
console.log(`> CHANGELOG.md: ${heading}`);
if (!dryRun) writeFileSync("CHANGELOG.md", `${head}## Unreleased\n\n${heading}\n${changes}`);
step("npm", "version", version, "--no-git-tag-version");
step("git", "commit", "--all", "--message", `Version ${version}`);
step("git", "tag", "--annotate", tag, "--message", `Version ${version}`);
console.log(dryRun ? "nothing was changed" : `to publish: git push --follow-tags && npm publish`);
