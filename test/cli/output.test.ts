import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BIN, dust3r, dust3rOutput, expectUserError, filesBelow, ON_CPU, scratchFolder } from "./dust3r.ts";
import { canMount, mount, unmount } from "./mount.ts";
import { SAMPLE_PHOTOS, savePhoto } from "./photos.ts";

const at = await scratchFolder();
const photo = await savePhoto(at("photo.jpg"));
writeFileSync(at("damaged.jpg"), readFileSync(photo).subarray(0, 2000));

/** The content of every file below a folder. */
function contents(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(filesBelow(folder).map((name) => [name, readFileSync(join(folder, name), "base64")]));
}

describe.concurrent("a place that cannot be written to is named before any work is done", () => {
  test.each([
    ["a file", "photo.jpg", /cannot write to .*photo\.jpg: a file is in the way: choose another place with -o/],
    ["below a file", "photo.jpg/out", /cannot write to .*photo\.jpg.out: a file is in the way/],
  ])("%s", async (_, output, message) => {
    expectUserError(await dust3r("reconstruct", photo, "-o", at(output), ...ON_CPU), message);
    expectUserError(await dust3r("infer", photo, "-o", at(output, "pairs.safetensors"), ...ON_CPU), /a file is in the/);
  });

  test("a folder where `infer` is to write its file", async () => {
    mkdirSync(at("folder"));
    const result = await dust3r("infer", photo, "-o", at("folder"), ...ON_CPU);
    expectUserError(result, /cannot write to .*folder: a folder is in the way: choose another name/);
    expect(filesBelow(at())).toEqual(["damaged.jpg", "photo.jpg"]);
  });

  test.skipIf(process.platform !== "linux")("where no folder can be made", async () => {
    const result = await dust3r("reconstruct", photo, "-o", "/proc/dust3r", ...ON_CPU);
    expectUserError(result, /cannot write to \/proc\/dust3r: no folder can be made there/);
  });

  test.skipIf(process.platform === "win32" || process.getuid?.() === 0)("a folder without permission", async () => {
    mkdirSync(at("locked"), { mode: 0o555 });
    const result = await dust3r("reconstruct", photo, "-o", at("locked", "out"), ...ON_CPU);
    expectUserError(result, /cannot write to .*locked.out: no permission to write there/);
  });

  test.skipIf(!canMount)("a read-only disk", async () => {
    const disk = mount("ro");
    try {
      const result = await dust3r("reconstruct", photo, "-o", join(disk, "out"), ...ON_CPU);
      expectUserError(result, /cannot write to .*out: that disk is read-only/);
    } finally {
      unmount(disk);
    }
  });
});

describe.skipIf(!canMount)("a full disk", () => {
  const disk = canMount ? mount("size=64k") : "";
  afterAll(() => unmount(disk));

  test.each([
    ["reconstruct", "out"],
    ["infer", "pairs.safetensors"],
  ])("%s says so and leaves nothing", async (command, output) => {
    const result = await dust3r(command, photo, "-o", join(disk, output), ...ON_CPU);
    expectUserError(result, /cannot write to .*: the disk is full: free some space and run again/);
    expect(filesBelow(disk)).toEqual([]);
  });

  test("reconstruct says so of depth that was measured, too", async () => {
    const courtyard = ["1", "2", "3", "4"].map((name) => join(SAMPLE_PHOTOS, `courtyard-${name}.jpg`));
    const measured = ["--dense", "stereo", "--depth-size", "128"];
    const result = await dust3r("reconstruct", ...courtyard, "-o", join(disk, "out"), ...measured, ...ON_CPU);
    expect(result.stderr).toContain("comparing photos 24/24");
    expectUserError(result, /cannot write to .*: the disk is full: free some space and run again/);
    expect(filesBelow(disk)).toEqual([]);
  });
});

describe("an earlier result", () => {
  const output = at("earlier");
  const reconstruct = (...args: readonly string[]) =>
    dust3r("reconstruct", "-o", output, "--export", "ply,depth", ...ON_CPU, ...args);

  test("stays as it is until a run succeeds", async () => {
    await dust3rOutput("reconstruct", photo, "-o", output, "--export", "ply,depth", ...ON_CPU);
    const before = contents(output);
    const maps = ["confidence/photo.png", "depth/photo.png"];
    expect(Object.keys(before)).toEqual([".dust3r-files.json", ...maps, "points.ply", "scene.json"]);

    expectUserError(await reconstruct(at("damaged.jpg")), /damaged\.jpg: /);
    expect(contents(output)).toEqual(before);

    expect((await reconstruct(photo, "--size", "64")).code).toBe(0);
    const after = contents(output);
    expect(Object.keys(after)).toEqual(Object.keys(before));
    expect(after["points.ply"]).not.toBe(before["points.ply"]);
  });

  test("is replaced as a whole by a run that writes less", async () => {
    const { code, stderr } = await dust3r("reconstruct", photo, "-o", output, "--export", "depth", ...ON_CPU);
    expect(code).toBe(0);
    expect(stderr).toContain("removed what an earlier run wrote and this one does not: points.ply");
    expect(filesBelow(output)).not.toContain("points.ply");
    expect(filesBelow(output)).toContain("depth/photo.png");
  });

  test("is not replaced in part when something is in the way of one file", async () => {
    copyFileSync(photo, at("other.jpg"));
    mkdirSync(join(output, "depth", "other.png"));
    const before = contents(output);
    expectUserError(await reconstruct(at("other.jpg")), /depth.other\.png: a folder is in the way/);
    expect(filesBelow(output).filter((name) => !name.startsWith(".resume"))).toEqual(Object.keys(before));
    expect(contents(output)).toMatchObject(before);
  });
});

describe("output that cannot be written", () => {
  test.skipIf(process.platform !== "linux").each([[["--version"]], [["focal", photo, "--json", ...ON_CPU]]])(
    "%j into a full device: exit 2 and why",
    (args) => {
      const stdio = ["ignore", openSync("/dev/full", "w"), "pipe"] as const;
      const { status, stderr } = spawnSync(process.execPath, [BIN, ...args], { stdio: [...stdio], encoding: "utf8" });
      expect(stderr).toMatch(/^error: the answer cannot be written to standard output: the disk is full$/m);
      expect(status).toBe(2);
    },
  );
});

describe("writing over what is the user's", () => {
  const mine = at("mine");
  const input = join(mine, "photo.jpg");
  beforeAll(() => {
    mkdirSync(join(mine, "depth"), { recursive: true });
    for (const name of ["transforms.json", "depth/photo.png", "pairs.safetensors", "drawing.png"]) {
      writeFileSync(join(mine, name), "mine");
    }
    copyFileSync(photo, input);
  });

  test.each([
    [["reconstruct", input, "-o", mine], /no earlier run wrote.*: transforms\.json, depth\/photo\.png;.*\(--force\)/],
    [["depth", input, "-o", mine], /no earlier run wrote.*: depth\/photo\.png;.*\(--force\)/],
    [["infer", input, "-o", join(mine, "pairs.safetensors")], /no earlier run wrote.*: pairs\.safetensors;/],
    [["infer", input, "-o", input, "--force"], /photo\.jpg is one of the files to be read/],
    [["match", input, photo, "--draw", join(mine, "drawing.png")], /no earlier run wrote.*: drawing\.png;/],
    [["match", input, photo, "--draw", input, "--force"], /photo\.jpg is one of the files to be read/],
  ])("is refused before any work: %j", async (args, message) => {
    const before = contents(mine);
    // Were the model looked for, it would not be found.
    expectUserError(await dust3r(...args, "--model", at("no-model"), ...ON_CPU), message);
    expect(contents(mine)).toEqual(before);
  });

  test("is done with --force", async () => {
    await dust3rOutput("reconstruct", input, "-o", mine, "--force", "--export", "nerfstudio,depth", ...ON_CPU);
    expect(JSON.parse(readFileSync(join(mine, "transforms.json"), "utf8")).frames).toHaveLength(1);
    expect(readFileSync(input)).toEqual(readFileSync(photo));
    await dust3rOutput("reconstruct", input, "-o", mine, "--export", "nerfstudio,depth", ...ON_CPU);
  });
});
