import { appendText, joinPath, readText, writeText } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import { parseJson } from "../formats/parse-json.ts";
import type { EvalRecord } from "./benchmark.ts";

/** What the records of a folder belong to; runs and shards with equal headers may be joined. */
export interface EvalHeader {
  readonly version: 1;
  readonly benchmark: string;
  readonly model: string;
  /** Of the weights. */
  readonly hash: string;
  readonly dtype: string;
  /** Whatever else decides the results, by name. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Of the whole evaluation, all shards together. */
  readonly items: number;
}

const FILE = "records.jsonl";
/** A million records of a few hundred bytes. */
const MOST_BYTES = 2 ** 29;

/** A header and what was recorded under it. */
export interface StoredRecords<M> {
  readonly header: EvalHeader;
  readonly records: readonly EvalRecord<M>[];
}

/** What a folder's `records.jsonl` holds, undefined where there is none; a last line that was cut off counts for nothing. */
export async function readRecords<M>(folder: string): Promise<StoredRecords<M> | undefined> {
  const path = joinPath(folder, FILE);
  const text = await readText(path, MOST_BYTES);
  if (text === undefined || text === "") return undefined;
  const lines = text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .slice(0, -1);
  const values = lines.map((line, i) => parseLine(path, line, i + 1));
  const header = values[0] as EvalHeader | undefined;
  if (header === undefined) return undefined;
  if (header.version !== 1 || typeof header.benchmark !== "string" || !Number.isInteger(header.items)) {
    throw new FormatError(path, "line 1 is not the head of an evaluation's records");
  }
  const records = values.slice(1) as EvalRecord<M>[];
  const bad = records.findIndex((record) => typeof record.id !== "string" || !Number.isInteger(record.index));
  if (bad >= 0) throw new FormatError(path, `line ${bad + 2} is not a record of an evaluation`);
  return { header, records };
}

/** Begins a folder's records, or takes over those of an earlier run of the same evaluation. */
export async function resumeRecords<M>(folder: string, header: EvalHeader): Promise<readonly EvalRecord<M>[]> {
  const stored = await readRecords<M>(folder);
  if (stored !== undefined) requireSame(folder, stored.header, header);
  const records = stored?.records ?? [];
  // Written anew, so that the next record does not continue a line that was cut off.
  await write(folder, { header, records });
  return records;
}

/** Writes a folder's records; an `InputError` where it holds those of another evaluation. */
export async function writeRecords(folder: string, { header, records }: StoredRecords<unknown>): Promise<void> {
  const stored = await readRecords(folder);
  if (stored !== undefined) requireSame(folder, stored.header, header);
  await write(folder, { header, records });
}

async function write(folder: string, { header, records }: StoredRecords<unknown>): Promise<void> {
  await writeText(joinPath(folder, FILE), [header, ...records].map((line) => `${JSON.stringify(line)}\n`).join(""));
}

/** Adds a record to a folder's records. */
export async function appendRecord<M>(folder: string, record: EvalRecord<M>): Promise<void> {
  await appendText(joinPath(folder, FILE), `${JSON.stringify(record)}\n`);
}

/** Throws an `InputError` that names the first difference between two headers. */
export function requireSame(folder: string, found: EvalHeader, expected: EvalHeader): void {
  for (const key of Object.keys(expected) as (keyof EvalHeader)[]) {
    const [have, want] = [JSON.stringify(found[key]), JSON.stringify(expected[key])];
    if (have === want) continue;
    throw new InputError(
      `${folder}: holds records of another evaluation (${key} ${have}, here ${want}); choose another folder or remove it`,
    );
  }
}

function parseLine(path: string, line: string, number: number): unknown {
  try {
    return parseJson(line);
  } catch (cause) {
    throw new FormatError(path, `line ${number} is not JSON`, { cause });
  }
}
