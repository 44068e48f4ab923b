import { joinPath, pathContent } from "#platform";
import { FormatError, InputError } from "../../core/errors.ts";
import { parsePoseRows } from "../../formats/camera-matrices.ts";
import { readRows } from "../read-rows.ts";
import type { PosedPhoto, PosedSequence } from "./posed-sequence.ts";

/** A time stamp, four intrinsics, two zeros and the rows of [R t]. */
const COLUMNS = 19;

/**
 * RealEstate10K (Zhou et al. 2018): `test/ID.txt` holds a video's address and a line per frame with its time stamp and
 * its 3×4 `camFromWorld`; the frames are expected as `frames/ID/TIMESTAMP.jpg` or `.png`. Videos without frames, which
 * their owners may have removed, have no photos and cannot be measured; an `InputError` where that leaves none.
 */
export async function realEstateSequences(folder: string): Promise<readonly PosedSequence[]> {
  const content = await pathContent(joinPath(folder, "test"));
  const files = content.kind === "folder" ? content.files.filter((file) => file.endsWith(".txt")).sort() : [];
  if (files.length === 0)
    throw new InputError(`${folder}: no test/*.txt; the camera files of RealEstate10K are expected`);
  const sequences = await Promise.all(files.map((file) => readSequence(folder, file)));
  if (sequences.some(({ photos }) => photos.length > 0)) return sequences;
  throw new InputError(`${folder}: frames/ID/TIMESTAMP.jpg of no video in test/ are there`);
}

async function readSequence(folder: string, path: string): Promise<PosedSequence> {
  const id = path
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.txt$/, "");
  const content = await pathContent(joinPath(folder, "frames", id));
  const found = content.kind === "folder" ? content.files : [];
  const byStamp = new Map(
    found.map((file) => [
      file
        .split(/[\\/]/)
        .at(-1)!
        .replace(/\.\w+$/, ""),
      file,
    ]),
  );
  if (byStamp.size === 0) return { id, group: "", photos: [] };
  const [, ...rows] = await readRows(path, "a video's cameras");
  const seen = new Set<string>();
  const photos = rows.flatMap((row, i): PosedPhoto[] => {
    const [stamp = "", ...numbers] = row;
    if (row.length !== COLUMNS)
      throw new FormatError(path, `frame ${i + 1} has ${row.length} fields, ${COLUMNS} are expected`);
    if (seen.has(stamp)) throw new FormatError(path, `the time stamp ${stamp} is listed twice`);
    seen.add(stamp);
    const photo = byStamp.get(stamp);
    if (photo === undefined) return [];
    const values = numbers.slice(6).map(Number);
    const matrix = [values.slice(0, 4), values.slice(4, 8), values.slice(8, 12), [0, 0, 0, 1]];
    return [{ photo, camFromWorld: parsePoseRows(matrix, `${path}, ${stamp}`) }];
  });
  return { id, group: "", photos };
}
