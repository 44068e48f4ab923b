import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { calibrationRows, poseRows } from "../src/formats/camera-matrices.ts";
import { encodePng16 } from "../src/formats/png16.ts";
import { invertRigid } from "../src/geometry/pose.ts";
import type { KnownPhoto } from "./oracle-network.ts";
import { writePhoto } from "./room-photos.ts";

/** Writes photos (pictures of nothing much) with all that is known of them, in the format of posed RGB-D data. */
export async function writeMapFolder(folder: string, photos: ReadonlyMap<string, KnownPhoto>): Promise<void> {
  await mkdir(folder, { recursive: true });
  const images = [];
  for (const [file, photo] of photos) {
    await writePhoto(join(folder, file), photo);
    const { width, height, intrinsics, worldFromCam, depth } = photo;
    const scale = depth.reduce((most, z) => Math.max(most, z), 0) / 65535;
    const map = { width, height, data: Uint16Array.from(depth, (z) => Math.round(z / scale)) };
    await writeFile(join(folder, `${file}.depth.png`), await encodePng16(map));
    images.push({
      file,
      width,
      height,
      K: calibrationRows(intrinsics),
      cam_from_world: poseRows(invertRigid(worldFromCam)),
      world_from_cam: poseRows(worldFromCam),
      depth: { file: `${file}.depth.png`, scale, kind: "dense" },
    });
  }
  await writeFile(
    join(folder, "scene.json"),
    JSON.stringify({ name: "map", kind: "multiview", units: "metres", images }),
  );
}
