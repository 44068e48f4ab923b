import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { invertRigid, rotationOf, transformPoints, translationOf } from "../src/geometry/pose.ts";
import { quaternionFromRotation } from "../src/geometry/rotation.ts";
import type { KnownPhoto } from "./oracle-network.ts";

/** How the photos' files show what a pinhole camera would: the camera's model and parameters, and where a pixel of the latter is. */
export interface ModelLens {
  readonly model: string;
  readonly params: readonly number[];
  readonly pixel: (x: number, y: number) => readonly [number, number];
}

/**
 * COLMAP's text files, written by hand so that its conventions are not the reader's own: photos `0.jpg`, `1.jpg` and so on, each
 * with points at some of its pixels.
 */
export async function writeColmapModel(folder: string, photos: readonly KnownPhoto[], lens?: ModelLens): Promise<void> {
  const lines = { cameras: "", images: "", points: "" };
  for (const [index, camera] of photos.entries()) {
    const { width, height, intrinsics, worldFromCam, depth } = camera;
    const { fx, fy, cx, cy } = intrinsics;
    const camFromWorld = invertRigid(worldFromCam);
    const [qx, qy, qz, qw] = quaternionFromRotation(rotationOf(camFromWorld));
    const keypoints: string[] = [];
    for (let y = 2; y < height; y += 6) {
      for (let x = 2; x < width; x += 6) {
        const id = 10_000 * index + y * width + x;
        const z = depth[y * width + x]!;
        const [X, Y, Z] = transformPoints(worldFromCam, Float64Array.of(((x - cx) / fx) * z, ((y - cy) / fy) * z, z));
        lines.points += `${id} ${X} ${Y} ${Z} 128 128 128 0.5 ${index + 1} ${keypoints.length}\n`;
        const [u, v] = lens?.pixel(x, y) ?? [x, y];
        keypoints.push(`${u + 0.5} ${v + 0.5} ${id}`);
      }
    }
    const params = lens?.params ?? [fx, fy, cx + 0.5, cy + 0.5];
    lines.cameras += `${index + 1} ${lens?.model ?? "PINHOLE"} ${width} ${height} ${params.join(" ")}\n`;
    const pose = [qw, qx, qy, qz, ...translationOf(camFromWorld)].join(" ");
    lines.images += `${index + 1} ${pose} ${index + 1} ${index}.jpg\n${keypoints.join(" ")}\n`;
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "cameras.txt"), lines.cameras);
  await writeFile(join(folder, "images.txt"), lines.images);
  await writeFile(join(folder, "points3D.txt"), lines.points);
}
