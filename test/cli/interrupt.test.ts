import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import {
  dust3r,
  dust3rOutput,
  expectUserError,
  type Finished,
  filesBelow,
  ON_CPU,
  type Running,
  scratchFolder,
  startDust3r,
} from "./dust3r.ts";
import { SAMPLE_PHOTOS, savePhoto, texture } from "./photos.ts";

const at = await scratchFolder();
// One courtyard, so that every photo gets a pose and files of its own.
const photo = (name: string) => sharp(resolve(SAMPLE_PHOTOS, `courtyard-${name}.jpg`)).resize(320, 240);
const photos = await Promise.all(["1", "2", "3", "4"].map((name) => savePhoto(at(`${name}.jpg`), photo(name))));
const PAIRS = 12;

const command = (output: string, ...args: readonly string[]) => [
  ...["reconstruct", ...photos, "-o", at(output), ...ON_CPU],
  ...["--size", "96", "--dense", "none", "--export", "ply,depth", ...args],
];
const stored = (output: string) => filesBelow(at(output, ".resume")).filter((name) => !name.startsWith("."));
/** Of what is stored: predictions of pairs, features of photos, verified pairs, maps of stereo. */
const storedPairs = (output: string) => stored(output).filter((name) => !/^(features|verified|stereo)-/.test(name));
const storedFeatures = (output: string) => stored(output).filter((name) => name.startsWith("features-"));
const storedMaps = (output: string) => stored(output).filter((name) => name.startsWith("stereo-"));
const storedVerified = (output: string) => stored(output).filter((name) => name.startsWith("verified-"));

/** Waits for a running command to reach a point; fails when it ends before. */
async function reach(running: Running, reached: () => boolean): Promise<void> {
  while (!reached()) {
    if (running.child.exitCode !== null) expect.fail(`too late, it has ended: ${running.progress()}`);
    await pause(5);
  }
}

/** Starts a reconstruction and presses Ctrl-C at a moment, as a terminal does: its whole process group gets it. */
async function interrupt(args: readonly string[], moment: (running: Running) => boolean): Promise<Finished> {
  const running = startDust3r(args);
  await reach(running, () => moment(running));
  process.kill(-running.child.pid!, "SIGINT");
  return running.finished;
}

function expectInterrupted({ code, stdout, stderr }: Finished, output: string): void {
  expect(code, stderr).toBe(130);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^interrupted; run the same command again to go on$/m);
  expect(filesBelow(at(output)).filter((name) => !name.startsWith(".resume"))).toEqual([]);
}

/** Runs to the end and says how many pairs were taken over from an interrupted run. */
async function resume(output: string, ...args: readonly string[]): Promise<number> {
  const { code, stderr } = await dust3r(...command(output, ...args));
  expect(code, stderr).toBe(0);
  expect(existsSync(at(output, ".resume"))).toBe(false);
  return Number(/decoding pairs 12\/12(?:, (\d+) of an interrupted run)?$/m.exec(stderr)?.[1] ?? 0);
}

/** As `resume`: what was taken over, stage by stage. */
async function resumeStages(output: string) {
  const { code, stderr } = await dust3r(...command(output));
  expect(code, stderr).toBe(0);
  const reused = (stage: string) =>
    Number(new RegExp(`${stage}.*, (\\d+) of an interrupted run$`, "m").exec(stderr)?.[1] ?? 0);
  return {
    pairs: reused("decoding pairs"),
    features: reused("finding features"),
    verified: reused("refining cameras"),
  };
}

/** Everything of a result that must not depend on how it came about. */
function geometry(output: string, maps = ["confidence", "depth"]): Readonly<Record<string, unknown>> {
  const names = filesBelow(at(output)).filter((name) => !name.startsWith("."));
  expect(names).toHaveLength(maps.length * photos.length + 2);
  const bytes = names.map((name) => [name, readFileSync(at(output, name), "base64")]);
  const { timings, peak_memory_bytes, alignment, ...scene } = JSON.parse(
    readFileSync(at(output, "scene.json"), "utf8"),
  );
  return { ...Object.fromEntries(bytes), "scene.json": scene };
}

let uninterrupted: Readonly<Record<string, unknown>>;
let whileWriting: Finished;
beforeAll(async () => {
  await dust3rOutput(...command("uninterrupted"));
  uninterrupted = geometry("uninterrupted");
  whileWriting = await interrupt(command("writing"), () =>
    filesBelow(at("writing")).some((name) => /^\.incoming-.*depth/.test(name)),
  );
}, 60_000);

/** A folder in which an earlier run was interrupted when all pairs were done. */
function interruptedFolder(output: string): string {
  cpSync(at("writing", ".resume"), at(output, ".resume"), { recursive: true });
  return output;
}

describe("Ctrl-C ends with 130, a hint, and nothing but finished pairs left", () => {
  test("while reading photos", async () => {
    const begun = () => existsSync(at("reading")) && readdirSync(at("reading")).length > 0;
    expectInterrupted(await interrupt(command("reading"), begun), "reading");
    expect(existsSync(at("reading"))).toBe(false);
  });

  test("while encoding photos", async () => {
    const begun = ({ progress }: Running) => progress().includes("reading photos 4/4");
    expectInterrupted(await interrupt(command("encoding"), begun), "encoding");
    expect(existsSync(at("encoding"))).toBe(false);
  });

  test("while decoding pairs; the next run goes on and gives the same", async () => {
    expectInterrupted(await interrupt(command("decoding"), () => storedPairs("decoding").length > 1), "decoding");
    const kept = storedPairs("decoding").length;
    expect(kept).toBeGreaterThan(1);
    expect(kept).toBeLessThan(PAIRS);
    expect(await resume("decoding")).toBe(kept);
    expect(geometry("decoding")).toEqual(uninterrupted);
  });

  test("while finding features; the next run goes on and gives the same", async () => {
    const begun = () => storedFeatures("features").length > 0;
    expectInterrupted(await interrupt(command("features"), begun), "features");
    expect(storedPairs("features")).toHaveLength(PAIRS);
    const kept = storedFeatures("features").length;
    expect(kept).toBeLessThan(photos.length);
    const { pairs, features } = await resumeStages("features");
    expect([pairs, features]).toEqual([PAIRS, kept]);
    expect(geometry("features")).toEqual(uninterrupted);
  });

  test("while verifying pairs; the next run goes on and gives the same", async () => {
    const begun = () => storedVerified("verifying").length > 0;
    expectInterrupted(await interrupt(command("verifying"), begun), "verifying");
    const kept = storedVerified("verifying").length;
    expect(kept).toBeLessThan(PAIRS / 2);
    expect(await resumeStages("verifying")).toEqual({ pairs: PAIRS, features: photos.length, verified: kept });
    expect(geometry("verifying")).toEqual(uninterrupted);
  });

  test("while adjusting cameras; the next run goes on and gives the same", async () => {
    const begun = ({ progress }: Running) => progress().includes("refining cameras 6/6");
    const stopped = await interrupt(command("adjusting"), begun);
    expectInterrupted(stopped, "adjusting");
    expect(stopped.stderr).not.toContain("adjusting cameras");
    expect(await resumeStages("adjusting")).toEqual({ pairs: PAIRS, features: photos.length, verified: PAIRS / 2 });
    expect(geometry("adjusting")).toEqual(uninterrupted);
  });

  test("while comparing photos; the next run goes on and gives the same", async () => {
    const dense = ["--dense", "stereo", "--depth-size", "128"];
    await dust3rOutput(...command(interruptedFolder("dense"), ...dense));
    const begun = () => storedMaps("comparing").length > photos.length;
    expectInterrupted(await interrupt(command(interruptedFolder("comparing"), ...dense), begun), "comparing");
    const kept = storedMaps("comparing").length;
    const { code, stderr } = await dust3r(...command("comparing", ...dense));
    expect(code, stderr).toBe(0);
    expect(Number(/comparing photos.*, (\d+) of an interrupted run$/m.exec(stderr)?.[1])).toBeGreaterThanOrEqual(kept);
    expect(existsSync(at("comparing", ".resume"))).toBe(false);
    expect(geometry("comparing", ["confidence", "depth", "source"])).toEqual(
      geometry("dense", ["confidence", "depth", "source"]),
    );
  });

  test("while writing; the next run goes on and gives the same", async () => {
    expectInterrupted(whileWriting, "writing");
    expect(await resume(interruptedFolder("written"))).toBe(PAIRS);
    expect(geometry("written")).toEqual(uninterrupted);
  });
});

test("infer goes on after Ctrl-C, too, and gives the same", async () => {
  const infer = (file: string) => ["infer", ...photos, "-o", at(file), ...ON_CPU, "--size", "96"];
  await dust3rOutput(...infer("all.safetensors"));
  const stopped = await interrupt(
    infer("pairs.safetensors"),
    () => filesBelow(at("pairs.safetensors.resume")).length > 1,
  );
  expect(stopped).toMatchObject({ code: 130, stderr: expect.stringContaining("run the same command again to go on") });
  expect(readdirSync(at()).filter((name) => name.startsWith("pairs"))).toEqual(["pairs.safetensors.resume"]);
  const { code, stderr } = await dust3r(...infer("pairs.safetensors"));
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/decoding pairs 12\/12, \d+ of an interrupted run/);
  expect(readFileSync(at("pairs.safetensors")).equals(readFileSync(at("all.safetensors")))).toBe(true);
  expect(readdirSync(at()).filter((name) => name.startsWith("pairs"))).toEqual(["pairs.safetensors"]);
});

test("an engine that is killed is a clear error, and the next run goes on", async () => {
  const running = startDust3r(command("killed"));
  await reach(running, () => storedPairs("killed").length > 1);
  process.kill(Number(execFileSync("pgrep", ["-P", `${running.child.pid}`, "-f", "engine-worker"])), "SIGKILL");
  expectUserError(await running.finished, /the process that runs the network ended .*SIGKILL.*memory.*run again/);
  expect(filesBelow(at("killed")).filter((name) => !name.startsWith(".resume"))).toEqual([]);
  expect(await resume("killed", "--export", "ply", "--refine", "none")).toBeGreaterThan(1);
});

describe("what an interrupted run left", () => {
  test("of features and verified pairs is used, and found anew where it is damaged", async () => {
    interruptedFolder("found");
    expect(await resumeStages("found")).toEqual({ pairs: PAIRS, features: photos.length, verified: PAIRS / 2 });
    interruptedFolder("broken");
    truncateSync(at("broken", ".resume", storedFeatures("broken")[0]!), 1000);
    // Which of them are of a second look at pairs, their names do not tell.
    for (const verified of storedVerified("broken")) writeFileSync(at("broken", ".resume", verified), "something else");
    expect(await resumeStages("broken")).toEqual({ pairs: PAIRS, features: photos.length - 1, verified: 0 });
    expect(geometry("broken")).toEqual(uninterrupted);
  });

  test("is recomputed where it is damaged", async () => {
    interruptedFolder("damaged");
    const [first, second, third] = storedPairs("damaged").map((name) => at("damaged", ".resume", name));
    truncateSync(first!, 1000);
    truncateSync(second!, 0);
    const bytes = readFileSync(third!);
    bytes[bytes.length - 2]! ^= 1;
    writeFileSync(third!, bytes);
    expect(await resume("damaged")).toBe(PAIRS - 3);
    expect(geometry("damaged")).toEqual(uninterrupted);
  });

  test.each([
    ["--no-resume", ["--no-resume"]],
    ["another size", ["--size", "64"]],
    ["other weights", ["--model", "test/fixtures/tiny_linear_checkpoint.pth"]],
  ])("is not used with %s", async (name, args) => {
    expect(await resume(interruptedFolder(name), "--export", "ply", "--refine", "none", ...args)).toBe(0);
  });

  test("is used only for the photos that are still the same", async () => {
    interruptedFolder("changed");
    await savePhoto(photos[0]!, texture("another", 320, 240));
    expect(await resume("changed", "--export", "ply", "--refine", "none")).toBe(PAIRS / 2);
  });
});
