import { execFile } from "node:child_process";
import { readFileSync, rmSync, symlinkSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { delimiter, resolve } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { BIN, dust3r, dust3rOutput, expectUserError, filesBelow, ON_CPU, scratchFolder } from "../cli/dust3r.ts";
import { SAMPLE_PHOTOS } from "../cli/photos.ts";
import { sceneContent, TINY_SCENE } from "./scene-content.ts";

const run = promisify(execFile);
const EXAMPLES = resolve(import.meta.dirname, "../../docs/cluster");
const at = await scratchFolder();
const SETTINGS = ["--device", "cpu", ...TINY_SCENE];

let plain: ReturnType<typeof sceneContent>;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  await mkdir(at("bin"));
  symlinkSync(BIN, at("bin/dust3r"));
  env = { ...process.env, PATH: `${at("bin")}${delimiter}${process.env.PATH}` };
  await dust3rOutput("reconstruct", SAMPLE_PHOTOS, "-o", at("plain"), "--threads", "1", ...SETTINGS);
  plain = sceneContent(at("plain"));
});

test("the example for SLURM, as two processes, gives the scene of one, byte for byte", async () => {
  const tasks = ["1", "2"].map((id) =>
    run("bash", [`${EXAMPLES}/slurm.sh`, SAMPLE_PHOTOS, at("slurm-store"), at("slurm"), ...SETTINGS], {
      env: { ...env, SLURM_ARRAY_TASK_ID: id, SLURM_ARRAY_TASK_COUNT: "2", SLURM_CPUS_PER_TASK: "1" },
    }),
  );
  const [first, second] = await Promise.all(tasks);
  expect(first!.stdout).toMatch(/^4 of 4 photos registered/);
  expect(first!.stderr).toMatch(/decoding pairs 12\/12, 12 of an interrupted run/);
  expect(first!.stderr).toMatch(/refining cameras 6\/6, 6 of an interrupted run/);
  expect(first!.stderr).toMatch(/comparing photos 24\/24, 20 of an interrupted run/);
  expect(second!).toMatchObject({
    stdout: "",
    stderr: expect.stringMatching(/part 2 of 2 is done; part 1 makes the scene/),
  });
  expect(sceneContent(at("slurm"))).toEqual(plain);
});

test("the example for Kubernetes finds what is done; its first pod alone is enough", async () => {
  const yaml = readFileSync(`${EXAMPLES}/kubernetes.yaml`, "utf8");
  const [, args] = /args:\n\s*- (exec [^:]*?)\n\s*resources:/.exec(yaml)!;
  const settings = { PHOTOS: SAMPLE_PHOTOS, STORE: at("slurm-store"), OUTPUT: at("kubernetes"), THREADS: "1" };
  const pod = { ...env, ...settings, COMPLETIONS: "8", JOB_COMPLETION_INDEX: "0" };
  const command = `${args!.replace(/\s*\n\s*/g, " ")} ${SETTINGS.join(" ")}`;
  const { stderr } = await run("sh", ["-c", command], { env: pod });
  expect(stderr).toMatch(/decoding pairs 12\/12, 12 of an interrupted run/);
  expect(sceneContent(at("kubernetes"))).toEqual(plain);
});

test("parts need a store; photos that cannot be used are named by each", async () => {
  const part = ["reconstruct", SAMPLE_PHOTOS, "-o", at("none"), "--shard", "1/2", ...ON_CPU, "--model", "tiny"];
  expectUserError(await dust3r(...part), /--shard needs --store/);
  expectUserError(await dust3r(...part, "--store", "/proc/none"), /--store: cannot write to \/proc\/none/);
  const names = Array.from({ length: 10_000 }, (_, i) => `no-such-photo-${i}.jpg`);
  const missing = await dust3r(
    "reconstruct",
    ...names,
    "-o",
    at("none"),
    "--shard",
    "2/2",
    "--store",
    at("missing"),
    ...ON_CPU,
  );
  expectUserError(missing, /no-such-photo-0\.jpg: no such file or folder\n.*\nand 9951 more/s);
  expect(filesBelow(at("missing"))).toEqual([]);
  rmSync(at("slurm-store"), { recursive: true });
});
