import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filesBelow } from "../cli/dust3r.ts";

/** Settings of a scene that takes no time, with all that machines can share: features, pairs, measured depth. */
export const TINY_SCENE: readonly string[] =
  "--model tiny --size 64 --feature-size 320 --depth-size 96 --export ply,depth".split(" ");

/** Everything of a scene's folder that must not depend on how it came about: all but timings and memory. */
export function sceneContent(folder: string): Readonly<Record<string, unknown>> {
  const names = filesBelow(folder).filter((name) => !name.startsWith("."));
  const { timings, peak_memory_bytes, alignment, ...scene } = JSON.parse(
    readFileSync(join(folder, "scene.json"), "utf8"),
  );
  const { seconds, ...aligned } = alignment;
  const hashes = names.map((name) => [
    name,
    createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex"),
  ]);
  return { ...Object.fromEntries(hashes), "scene.json": JSON.stringify({ ...scene, alignment: aligned }) };
}
