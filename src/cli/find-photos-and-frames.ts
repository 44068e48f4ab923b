import { basename, extname } from "node:path";
import { InputError } from "../core/errors.ts";
import type { NamedBytes, Picture } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import { findPhotos } from "../images/find-photos.ts";
import { chooseFrames, DEFAULT_FRAMES, FrameMeter } from "../images/video/choose-frames.ts";
import { frameName } from "../images/video/frame-name.ts";
import { VideoFile } from "./video-file.ts";

/** What is reconstructed from. */
export interface PhotosAndFrames {
  /** Photos by their paths, frames of videos by their bytes, in the order in which they were given. */
  readonly pictures: readonly Picture[];
  /** All files that were given. */
  readonly files: readonly string[];
  /** What people should know of the videos. */
  readonly warnings: readonly string[];
}

const VIDEO = /\.(mp4|m4v|mov|webm|mkv|avi|mpe?g|mts|m2ts|3gp|wmv|ogv)$/i;

/**
 * The photos that a list of files and folders names, and of each video among the files at most `frames` frames.
 * @throws InputError for what cannot be found or read, for a video where there is no ffmpeg, and for `frames` without a video
 */
export async function findPhotosAndFrames(
  paths: readonly string[],
  frames: number | undefined,
  run: RunOptions,
): Promise<PhotosAndFrames> {
  const files = await findPhotos(paths);
  if (frames !== undefined && !files.some((file) => VIDEO.test(file)))
    throw new InputError("--frames is for videos, and there is none among the files that were given");
  const pictures: Picture[] = [];
  const warnings: string[] = [];
  for (const file of files) {
    if (!VIDEO.test(file)) {
      pictures.push(file);
      continue;
    }
    const chosen = await framesOf(file, frames ?? DEFAULT_FRAMES, run);
    if (chosen.length === 1) warnings.push(`${file}: the camera hardly moves, so that one frame of it is used`);
    pictures.push(...chosen);
  }
  return { pictures, files, warnings };
}

async function framesOf(path: string, count: number, { onProgress, signal }: RunOptions): Promise<NamedBytes[]> {
  const video = await VideoFile.open(path, signal);
  const meter = new FrameMeter();
  for await (const frame of video.grayFrames()) {
    meter.add(frame);
    const done = meter.samples.length;
    onProgress?.({ stage: "video", done, total: Math.max(done, video.sampleCount ?? done), item: basename(path) });
  }
  const chosen = chooseFrames(meter.samples, count);
  if (chosen.length === 0) throw new InputError(`${path}: a video without a frame`);
  const stem = basename(path, extname(path));
  const pictures = await video.pictures(chosen);
  return pictures.map((bytes, i) => ({ name: frameName(stem, chosen[i]! / video.samplesPerSecond, "jpg"), bytes }));
}
