import { encodeJpeg, joinPath, openFile, openOutputFile } from "#platform";
import { InputError } from "../core/errors.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import { type EvalRecord, isMeasured, type MeasuredRecord } from "./benchmark.ts";
import { pictureRow } from "./report/picture-row.ts";

/** How many of them a report shows. */
export const WORST_CASES = 12;

/** Pictures of the items that went worst, by id. */
export interface WorstPictures {
  /** A JPEG, of `pictureOf`. */
  put(id: string, jpeg: Uint8Array): Promise<void>;
  /** A JPEG; undefined where there is none. */
  get(id: string): Promise<Uint8Array | undefined>;
}

/** The measured records that went worst, worst first; of equals the earlier one. */
export function worstRecords<M>(records: readonly EvalRecord<M>[], count: number): readonly MeasuredRecord<M>[] {
  const measured = records.filter(isMeasured);
  return measured.sort((a, b) => b.badness - a.badness || a.index - b.index).slice(0, count);
}

/** Pictures of an item side by side, as a JPEG. */
export async function pictureOf(shown: readonly RgbImage[]): Promise<Uint8Array> {
  return await encodeJpeg(pictureRow(shown), 80);
}

/** Keeps no pictures, for reports without them. */
export const NO_PICTURES: WorstPictures = {
  put: async () => {},
  get: async () => undefined,
};

/** Pictures below an evaluation's folder: `worst/ID.jpg`. */
export function worstPictures(folder: string): WorstPictures {
  const pathOf = (id: string) => joinPath(folder, "worst", `${id.replaceAll(/[^\w.-]+/g, "_")}.jpg`);
  return {
    async put(id, jpeg) {
      await using file = await openOutputFile(pathOf(id));
      await file.write(jpeg);
      await file.commit();
    },
    async get(id) {
      try {
        const file = await openFile(pathOf(id));
        try {
          return await file.read(0, file.size);
        } finally {
          await file.close();
        }
      } catch (error) {
        // A shard's picture that was not copied along is no loss.
        if (error instanceof InputError) return undefined;
        throw error;
      }
    },
  };
}
