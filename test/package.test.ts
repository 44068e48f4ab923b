import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SAMPLE_PHOTOS } from "./cli/photos.ts";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "..");
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");
const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const { version, dependencies, peerDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/** The programs that README shows. */
const SNIPPETS = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!);
/** Every name that is exported, as a user may take it. */
const ALL_NAMES = `import * as dust3r from "dust3r";\nexport const names: readonly string[] = Object.keys(dust3r);\n`;
const COMMON_JS = `export const names = import("dust3r").then((dust3r) => Object.keys(dust3r));\n`;

/** A program for the page, by the entry point's own name. */
const IN_BROWSER = `import { exportScene, type Reconstruction, reconstruct } from "dust3r/browser";
export async function glb(photos: FileList): Promise<Blob> {
  const result: Reconstruction = await reconstruct([...photos], { model: new URL("https://example.org/my.safetensors") });
  return (await exportScene(result, { kinds: ["glb"] })).files[0]!.blob;
}
`;

/** A project that has the packed package installed. */
let project: string;
const inProject = (...names: string[]): string => join(project, ...names);
/** What a program of the project prints. */
const printed = async (...args: string[]): Promise<string> =>
  (await run(process.execPath, args, { cwd: project })).stdout;
/** What the compiler says, line by line, errors or not. */
async function compiled(...args: string[]): Promise<string[]> {
  const said = await run(process.execPath, [TSC, ...args], { cwd: project }).catch(
    (failed: { stdout: string }) => failed,
  );
  return said.stdout.split("\n");
}

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), "dust3r-package-"));
  const pack = ["pack", "--pack-destination", project];
  const tarball = (await run("npm", pack, { cwd: ROOT })).stdout.trim();
  mkdirSync(inProject("node_modules/dust3r"), { recursive: true });
  await run("tar", ["xzf", tarball, "--strip-components=1", "-C", "node_modules/dust3r"], { cwd: project });
  for (const name of [...Object.keys(dependencies), ...Object.keys(peerDependencies), "@types/node"]) {
    mkdirSync(dirname(inProject("node_modules", name)), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", name), inProject("node_modules", name));
  }
  writeFileSync(inProject("all-names.mts"), ALL_NAMES);
  writeFileSync(inProject("all-names.cts"), COMMON_JS);
  writeFileSync(inProject("in-browser.mts"), IN_BROWSER);
  SNIPPETS.forEach((code, i) => {
    writeFileSync(inProject(`readme-${i}.mts`), code);
  });
});
afterAll(() => rmSync(project, { recursive: true }));

test("an ES module and CommonJS get the same names", async () => {
  const names = await printed(
    "--input-type=module",
    "--eval",
    `console.log(Object.keys(await import("dust3r")).join())`,
  );
  expect(names).toContain("reconstruct");
  const required = await printed(
    "--input-type=commonjs",
    "--eval",
    `import("dust3r").then((d) => console.log(Object.keys(d).join()))`,
  );
  expect(required).toBe(names);
});

test("the command line is there", async () => {
  expect((await printed("node_modules/dust3r/bin/dust3r.js", "--version")).trim()).toBe(version);
});

describe.each([
  ["bundler", "esnext"],
  ["node16", "node16"],
  ["nodenext", "nodenext"],
])("strict TypeScript, moduleResolution %s", (moduleResolution, module) => {
  const strict = `--noEmit --strict --exactOptionalPropertyTypes --target es2022 --module ${module} --moduleResolution ${moduleResolution}`;
  // A bundler has no CommonJS to offer.
  const programs = ["all-names.mts", "in-browser.mts", ...(moduleResolution === "bundler" ? [] : ["all-names.cts"])];

  test.each([
    ["with @types/node", "node", false],
    ["without", "", false],
    ["without, and without a look into declarations", "", true],
  ])("%s", async (_, types, skipLibCheck) => {
    const snippets = SNIPPETS.map((_, i) => `readme-${i}.mts`);
    const args = [...strict.split(" "), "--types", types, "--skipLibCheck", `${skipLibCheck}`, "--listFiles"];
    const lines = await compiled(...args, ...programs, ...snippets);
    expect(lines.filter((line) => line.includes("error TS"))).toEqual([]);
    // The declarations stand for themselves: they need no other package.
    const packages = lines.flatMap((line) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(line)?.[1] ?? []);
    const others = new Set(packages.filter((name) => name !== "dust3r" && !/^(@typescript|typescript)\b/.test(name)));
    expect([...others].sort()).toEqual(types === "" ? [] : ["@types/node", "undici-types"]);
  });
});

test("Vite bundles it for a page: the pipeline in workers, the weights beside it, nothing of Node's runtime", async () => {
  writeFileSync(inProject("index.html"), `<script type="module" src="/main.js"></script>`);
  writeFileSync(inProject("main.js"), `import { reconstruct } from "dust3r";\nglobalThis.reconstruct = reconstruct;\n`);
  const outDir = inProject("built");
  await build({ root: project, configFile: false, logLevel: "error", worker: { format: "es" }, build: { outDir } });
  const files = readdirSync(join(outDir, "assets"));
  const sizeOf = (name: RegExp) =>
    gzipSync(readFileSync(join(outDir, "assets", files.find((file) => name.test(file))!))).length;
  expect(sizeOf(/^index-.*\.js$/)).toBeLessThan(20e3);
  expect(sizeOf(/^serve-pipeline-.*\.js$/)).toBeLessThan(165e3);
  for (const expected of [/^worker-.*\.js$/, /^model-.*\.safetensors$/, /^ort-wasm-simd-threaded-.*\.wasm$/])
    expect(
      files.some((file) => expected.test(file)),
      String(expected),
    ).toBe(true);
  const scripts = files
    .filter((file) => file.endsWith(".js"))
    .map((file) => readFileSync(join(outDir, "assets", file), "utf8"));
  for (const script of scripts) expect(script).not.toMatch(/onnxruntime-node|libvips|node:child_process/);
});

test.each(SNIPPETS.map((code, i) => [i, code] as const))("README's program %i runs", async (i, code) => {
  const photos = readdirSync(SAMPLE_PHOTOS).filter((name) => name.endsWith(".jpg"));
  const asked = [...new Set([...code.matchAll(/"([\w-]+\.jpg)"/g)].map(([, name]) => name!))];
  asked.forEach((name, k) => {
    cpSync(join(SAMPLE_PHOTOS, photos[k]!), inProject(name));
  });
  await compiled("--module", "nodenext", "--target", "es2022", "--types", "", `readme-${i}.mts`);
  const output = await printed(`readme-${i}.mjs`);
  for (const name of asked) expect(output).toContain(name);
});
