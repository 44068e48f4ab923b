import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { dust3r, dust3rOutput, expectUserError, filesBelow, scratchFolder, startDust3r } from "./dust3r.ts";
import { SAMPLE_PHOTOS } from "./photos.ts";

const at = await scratchFolder();
const photo = resolve(SAMPLE_PHOTOS, "courtyard-1.jpg");
const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../package.json"), "utf8"));

test.concurrent("--version is the package's", async () => {
  expect(await dust3rOutput("--version")).toBe(`${version}\n`);
});

test.concurrent("help lists the commands", async () => {
  const help = await dust3rOutput("--help");
  for (const command of ["reconstruct", "infer", "models", "doctor", "demo", "view"]) {
    expect(help).toMatch(new RegExp(`^  ${command} .*\\S`, "m"));
  }
});

test.concurrent.each([
  ["reconstruct", ["-o, --output <folder>", "--model <name>", "--device <device>", "--pairs <graph>", "--no-resume"]],
  ["infer", ["-o, --output <file>", "--pairs <graph>", "--half", "--no-resume", "--mirror", "--no-mirror", "--json"]],
  ["models list", ["--json"]],
  ["models info", ["[name]", "--json"]],
  ["models pull", ["<id>"]],
  ["doctor", ["--json"]],
  ["demo", ["-o, --output <folder>"]],
  ["view", ["<folder>", "--no-open"]],
])("%s --help explains itself", async (command, words) => {
  const help = await dust3rOutput(...command.split(" "), "--help");
  for (const word of [`Usage: dust3r ${command}`, ...words]) expect(help).toContain(word);
});

test.concurrent("the help of every command ends with two examples, whose options it lists", async () => {
  const waiting: string[][] = [[]];
  for (let path = waiting.pop(); path; path = waiting.pop()) {
    const help = await dust3rOutput(...path, "--help");
    const [options = "", examples = ""] = help.split("\nExamples:\n");
    const lines = examples.trimEnd().split("\n");
    expect(lines, help).toHaveLength(2);
    const commands = options.split("\nCommands:\n")[1] ?? "";
    const below = [...commands.matchAll(/^ {2}([a-z\d-]+) /gm)]
      .map(([, name]) => name!)
      .filter((name) => name !== "help");
    for (const line of lines) {
      if (below.length > 0) continue;
      const called = path.at(-1) === "run" ? path.slice(0, -1) : path;
      expect(line).toMatch(new RegExp(`^  dust3r ${called.join(" ")}( |$)`));
      for (const [flag] of line.matchAll(/(?<= )--?[a-z][a-z-]*/g))
        expect(options).toMatch(new RegExp(`^ .*${flag}[ ,]`, "m"));
    }
    waiting.push(...below.map((name) => [...path, name]));
  }
});

test.concurrent.each([
  [["recontruct"], /unknown command 'recontruct'\n\(Did you mean reconstruct\?\)/],
  [["reconstruct", photo], /required option '-o, --output <folder>' not specified/],
  [["infer", "-o", "x"], /missing required argument 'photos'/],
  [["models", "pull"], /missing required argument 'id'/],
  [["doctor", "--jsn"], /unknown option '--jsn'\n\(Did you mean --json\?\)/],
  [["reconstruct", photo, "-o", "x", "--device", "gpu"], /'gpu' is invalid\. Allowed choices are auto, cpu, .*cuda/],
  [["reconstruct", photo, "-o", "x", "--size", "big"], /'big' is invalid\. a whole number of at least 1 is expected/],
  [
    ["reconstruct", photo, "-o", "x", "--export", "ply,obj"],
    /"obj" is none of depth, ply, glb, mesh, surfaces, colmap, colmap-text, nerfstudio, report/,
  ],
])("typing error in %j: 2, with what was expected", async (args, message) => {
  const result = await dust3r(...args);
  expectUserError(result, message, /\(add --help for all options\)/);
});

test.concurrent.each([
  ["circle", /--pairs circle: expected auto \(.*\) \| complete \| window:N .*; there is no file of that name/],
  ["window:0", /a window of 0: a positive integer is expected/],
  ["star:4", /a star around view 4: views are counted from 0 to 0/],
])("--pairs %s is refused with what was expected", async (pairs, message) => {
  expectUserError(await dust3r("reconstruct", photo, "-o", at(pairs.replace(":", "-")), "--pairs", pairs), message);
});

test.concurrent("--size below a patch is refused with what was expected", async () => {
  const result = await dust3r("reconstruct", photo, "-o", at("size"), "--size", "7");
  expectUserError(result, /size 7: an integer of at least 8 is expected/);
});

test.concurrent("doctor --json says what the machine can use", async () => {
  const report = JSON.parse(await dust3rOutput("doctor", "--json"));
  expect(report).toMatchObject({ node: process.version, cores: expect.any(Number), cache: expect.any(String) });
  expect(report.int8).toEqual({ exact: expect.any(Boolean), speedup: expect.any(Number) });
  expect(report.models).toContain("stopgap");
  // They are installed for development.
  expect(report.queue).toEqual({ bullmq: true, ioredis: true, pg: true, s3mini: true });
  const devices = new Map(report.devices.map((entry: { device: string }) => [entry.device, entry]));
  expect([...devices.keys()]).toEqual(["cpu", "webgpu", "cuda", "coreml", "dml"]);
  expect(devices.get("cpu")).toEqual({ device: "cpu", gflops: expect.any(Number) });
  expect(devices.get(process.platform === "darwin" ? "cuda" : "coreml")).toMatchObject({ problem: expect.any(String) });
  const cuda = report.devices.find(({ device }: { device: string }) => device === "cuda");
  if (cuda.problem?.includes("Failed to load shared library")) {
    expect(cuda.problem).toContain("`ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node`");
  }
});

test("demo writes a scene that view finds", async () => {
  const output = await dust3rOutput("demo", "-o", at("demo"));
  expect(output).toMatch(
    /^\d of 4 photos registered \(\d with cameras refined on \d+ feature points\); wrote \d+ files to .*demo$/m,
  );
  expect(output).toContain(`open ${at("demo", "index.html")} in a browser`);
  expect(filesBelow(at("demo"))).toEqual(
    expect.arrayContaining(["index.html", "points.ply", "scene.glb", "scene.json"]),
  );
  expect(await dust3rOutput("view", "--no-open", at("demo"))).toBe(`${at("demo", "index.html")}\n`);
});

test.concurrent("view of a folder without a scene says what it looks for", async () => {
  await mkdir(at("bare"));
  await writeFile(at("bare", "notes.txt"), "");
  expectUserError(await dust3r("view", at("bare")), /bare: no index\.html there; give the folder that .* wrote/);
});

test.concurrent("a reader that goes away is no error", async () => {
  const running = startDust3r(["models", "info", "--json"]);
  running.child.stdout!.destroy();
  const { code, stderr } = await running.finished;
  expect(stderr).toBe("");
  expect(code).toBe(0);
});
