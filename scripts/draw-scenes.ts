/**
 * Draws scenes as people photograph them, with exact cameras, for `dust3r eval photos --truth`: eight photos of 800x600 each. A fifth of the
 * photographers zooms.
 *
 * `npx tsx --conditions=source scripts/draw-scenes.ts FOLDER [COUNT]`
 */
import { join } from "node:path";
import { writeDrawnScene } from "../bench/drawn-scene.ts";
import { generateScene } from "../src/procedural/generate-scene.ts";

const [folder, count = "24"] = process.argv.slice(2);
if (folder === undefined) throw new Error("the folder that receives the scenes is expected");
const PHOTOS = { width: 800, height: 600, views: 8, detail: 2, textureSize: 512, shadowSize: 512, casual: false };

for (let number = 0; number < Number(count); number++) {
  const { views, kind } = generateScene(number, 0, { ...PHOTOS, collection: "photos" });
  const focals = views.map(({ intrinsics }) => intrinsics.fx.toFixed(0));
  await writeDrawnScene(join(folder, `drawn-${String(number).padStart(2, "0")}`), views);
  console.log(`${number}: ${kind}, focal ${[...new Set(focals)].join(", ")}`);
}
