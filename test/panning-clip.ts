import { execFileSync } from "node:child_process";
import { resolve } from "node:path";

const PHOTO = resolve(import.meta.dirname, "../examples/photos/courtyard-1.jpg");

/** Whether there is an ffmpeg, which clips are made with. */
export function hasFfmpeg(): boolean {
  try {
    execFileSync("ffmpeg", ["-version"]);
    return true;
  } catch {
    return false;
  }
}

/** Two seconds of 320 × 240 that move over a sample photo, written to a path whose extension says how they are encoded; the path. */
export function panningClip(path: string): string {
  const picture = ["-loop", "1", "-framerate", "24", "-i", PHOTO];
  const moving = ["-vf", "scale=640:480,crop=320:240:6*n:2*n,format=yuv420p", "-frames:v", "48"];
  execFileSync("ffmpeg", ["-v", "error", "-y", ...picture, ...moving, path]);
  return path;
}
