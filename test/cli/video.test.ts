import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hasFfmpeg, panningClip } from "../panning-clip.ts";
import { BIN, ON_CPU, scratchFolder } from "./dust3r.ts";

const at = await scratchFolder();
const WITH_TINY = ["--model", "tiny", "--refine", "none", "--export", "depth", "--quiet", ...ON_CPU];

function reconstruct(args: readonly string[], env = process.env): { code: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [BIN, "reconstruct", "--dense", "none", ...args], {
    encoding: "utf8",
    env,
  });
  return { code: status, stderr };
}

test.skipIf(!hasFfmpeg())("a video is reconstructed from frames that lie apart, as many as are asked for", () => {
  const clip = panningClip(at("a clip.mp4"));
  const { code, stderr } = reconstruct([clip, "-o", at("out"), "--frames", "3", ...WITH_TINY]);
  expect(code, stderr).toBe(0);
  const { images } = JSON.parse(readFileSync(at("out", "scene.json"), "utf8"));
  const names = images.map(({ file }: { file: string }) => file);
  expect(names).toHaveLength(3);
  const times = names.map((name: string) => Number(/^a clip-(\d{6})\.jpg$/.exec(name)![1]));
  expect(times[0]).toBeLessThan(1000);
  expect(times[1] - times[0]).toBeGreaterThan(400);
  expect(times[2] - times[1]).toBeGreaterThan(400);
  expect(images[0]).toMatchObject({ width: 320, height: 240 });
});

test.skipIf(!hasFfmpeg())("what is no video is refused by its name", () => {
  writeFileSync(at("text.mp4"), "no video");
  const { code, stderr } = reconstruct([at("text.mp4"), "-o", at("none"), ...WITH_TINY]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/text\.mp4: ffmpeg cannot read it: /);
});

test("without ffmpeg it is said how to get it; without a video --frames is refused", () => {
  writeFileSync(at("some.mp4"), "");
  const missing = reconstruct([at("some.mp4"), "-o", at("none"), ...WITH_TINY], {
    ...process.env,
    PATH: at("nothing"),
  });
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain("apt install ffmpeg");
  const photo = "examples/photos/courtyard-1.jpg";
  const idle = reconstruct([photo, "-o", at("none"), "--frames", "3", ...WITH_TINY]);
  expect(idle.code).toBe(2);
  expect(idle.stderr).toContain("--frames is for videos");
});
