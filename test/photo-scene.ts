import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodePng16 } from "../src/formats/png16.ts";
import { encodeJpeg } from "../src/platform/node/image-codec.ts";
import { generateScene } from "../src/procedural/generate-scene.ts";

/** Millimeters in the stored maps. */
const SCALE = 0.001;

/** Fills a folder with six photos of a procedural scene, their depth and a `scene.json` that says where they were taken. */
export async function writePhotoScene(folder: string): Promise<void> {
  const { views } = generateScene(5, 0, { width: 64, height: 48, views: 6 });
  const images = [];
  for (const [i, { width, height, rgb, depth, intrinsics, worldFromCam }] of views.entries()) {
    const { fx, fy, cx, cy } = intrinsics;
    writeFileSync(join(folder, `${i}.jpg`), await encodeJpeg({ width, height, rgb }, 90));
    const data = Uint16Array.from(depth, (z) => Math.min(65535, Math.round(z / SCALE)));
    writeFileSync(join(folder, `${i}.png`), await encodePng16({ width, height, data }));
    images.push({
      file: `${i}.jpg`,
      width,
      height,
      K: [
        [fx, 0, cx],
        [0, fy, cy],
        [0, 0, 1],
      ],
      world_from_cam: [0, 4, 8, 12].map((at) => Array.from(worldFromCam.subarray(at, at + 4))),
      depth: { file: `${i}.png`, scale: SCALE },
    });
  }
  writeFileSync(join(folder, "scene.json"), JSON.stringify({ units: "metres", images }));
}
