import { joinPath, listFolders, readText } from "#platform";
import { FormatError, InputError } from "../../core/errors.ts";
import { readDepthPng } from "../depth-png.ts";
import { readRows } from "../read-rows.ts";
import type { DepthSample } from "./depth-sample.ts";

/** Sturm et al. 2012: meters are codes / 5000. */
const METERS = 1 / 5000;
/** Half the time between two frames. */
const MAX_SECONDS = 0.02;

/**
 * Sequences in the format of the TUM RGB-D benchmark, which BONN's dynamic sequences share: `rgb.txt` and `depth.txt` list
 * time stamps and files. Each photo takes the depth map nearest in time, within 20 ms; one without cannot be measured. `folder`
 * holds sequences, or is one.
 */
export async function tumSamples(folder: string): Promise<readonly DepthSample[]> {
  const isSequence = async (path: string) => (await readText(joinPath(path, "rgb.txt"), 2 ** 26)) !== undefined;
  if (await isSequence(folder)) return sequenceSamples(folder, "");
  const samples: DepthSample[] = [];
  for (const name of await listFolders(folder)) {
    const sequence = joinPath(folder, name);
    if (await isSequence(sequence)) samples.push(...(await sequenceSamples(sequence, `${name}/`)));
  }
  if (samples.length === 0)
    throw new InputError(`${folder}: no folder with an rgb.txt; sequences of TUM RGB-D are expected`);
  return samples;
}

async function sequenceSamples(folder: string, prefix: string): Promise<readonly DepthSample[]> {
  const [photos, maps] = [await readTimes(folder, "rgb.txt"), await readTimes(folder, "depth.txt")];
  return photos.map(({ time, file }) => {
    const id = `${prefix}${file}`;
    const nearest = maps.reduce((best, map) => (Math.abs(map.time - time) < Math.abs(best.time - time) ? map : best));
    const truth = async () => {
      if (Math.abs(nearest.time - time) > MAX_SECONDS)
        throw new InputError(`${id}: depth.txt has nothing within ${1000 * MAX_SECONDS} ms of it`);
      return readDepthPng(joinPath(folder, nearest.file), METERS);
    };
    return { id, photo: joinPath(folder, file), truth };
  });
}

async function readTimes(folder: string, name: string) {
  const path = joinPath(folder, name);
  const rows = await readRows(path, "a list of time stamps and files");
  const seen = new Set<string>();
  return rows.map(([stamp, file], i) => {
    const time = Number(stamp);
    if (!Number.isFinite(time) || file === undefined)
      throw new FormatError(path, `entry ${i + 1}: a time and a file are expected`);
    if (seen.has(file)) throw new FormatError(path, `entry ${i + 1}: ${file} is listed twice`);
    seen.add(file);
    return { time, file };
  });
}
