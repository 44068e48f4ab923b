import { InputError } from "../core/errors.ts";
import type { EvalRecord } from "./benchmark.ts";
import { type EvalHeader, readRecords, requireSame } from "./records-file.ts";
import { requireMeasured } from "./run-evaluation.ts";

/** The records of several shards of one evaluation, in the order of its items. */
export interface MergedRecords {
  readonly header: EvalHeader;
  readonly records: readonly EvalRecord<unknown>[];
}

/**
 * Joins the folders of shards. Throws an `InputError` for folders of different evaluations, for items that none of them has,
 * and for items that are in several.
 */
export async function mergeRecords(folders: readonly string[]): Promise<MergedRecords> {
  const shards = await Promise.all(
    folders.map(async (folder) => {
      const stored = await readRecords<unknown>(folder);
      if (stored === undefined)
        throw new InputError(`${folder}: there is no records.jsonl; the output of an evaluation is expected`);
      return { folder, ...stored };
    }),
  );
  const { header } = shards[0]!;
  const owners = new Map<number, string>();
  for (const { folder, header: other, records } of shards) {
    requireSame(folder, other, header);
    for (const { index, id } of records) {
      const owner = owners.get(index);
      if (owner !== undefined) throw new InputError(`${id} is in both ${owner} and ${folder}; give each shard once`);
      owners.set(index, folder);
    }
  }
  if (owners.size < header.items) {
    throw new InputError(
      `${owners.size} of ${header.items} items were evaluated; give the folders of all shards, finished`,
    );
  }
  const records = shards.flatMap((shard) => shard.records).sort((a, b) => a.index - b.index);
  requireMeasured(records);
  return { header, records };
}
