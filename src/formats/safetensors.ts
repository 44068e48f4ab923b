import type { ByteSource } from "../core/byte-source.ts";
import { FormatError } from "../core/errors.ts";
import { endOfString, parseJson } from "./parse-json.ts";
import { isStoredElementType, type TensorEntry, tensorBytes } from "./tensor-entry.ts";

/** The format allows three times as much; pairs of a hundred photos take a quarter. */
const MAX_HEADER_BYTES = 2 ** 25;

/** Up to here a header may be longer than the tensors that it describes. */
const LONG_HEADER_BYTES = 2 ** 20;

/** The header of a safetensors file. */
export interface SafetensorsHeader {
  /** By name, in the order of the file's header; offsets count from the start of the file. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads and checks a safetensors header: 8 bytes of length, that many bytes of JSON, then the tensors' bytes without
 * gap or overlap up to the end of the file. Throws a `FormatError` for anything else.
 */
export async function readSafetensorsHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const fail = (problem: string, options?: ErrorOptions & { offset?: number }): FormatError =>
    new FormatError(source.name, `not a valid safetensors file: ${problem}`, options);

  if (source.size < 8) throw fail(`it has ${source.size} bytes, fewer than the 8 of a header length`);
  const prefix = await source.read(0, 8);
  const headerBytes = Number(new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true));
  if (headerBytes > Math.min(MAX_HEADER_BYTES, source.size - 8)) {
    throw fail(`its header claims ${headerBytes} bytes and the file has ${source.size}`, { offset: 0 });
  }
  if (headerBytes > Math.max(LONG_HEADER_BYTES, source.size - 8 - headerBytes)) {
    throw fail(`its header takes ${headerBytes} bytes, more than the tensors that it describes`, { offset: 0 });
  }
  const header = parseHeader(await source.read(8, headerBytes), fail);
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    throw fail("its __metadata__ is not a table of strings");
  }
  const dataStart = 8 + headerBytes;
  const tensors = new Map<string, TensorEntry>();
  for (const [name, entry] of Object.entries(entries)) tensors.set(name, parseEntry(name, entry, { dataStart, fail }));
  checkCoverage(tensors, dataStart, { end: source.size, fail });
  return { tensors, metadata: metadata as Record<string, string> };
}

type Fail = (problem: string, options?: ErrorOptions & { offset?: number }) => FormatError;

function parseHeader(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  let header: unknown;
  let duplicate: string | undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    header = parseJson(text);
    duplicate = duplicateKey(text);
  } catch (cause) {
    throw fail("its header is not JSON", { cause, offset: 8 });
  }
  if (!isRecord(header)) throw fail("its header is not a JSON object", { offset: 8 });
  if (duplicate !== undefined) throw fail(`its header names ${duplicate} twice`, { offset: 8 });
  return header;
}

function parseEntry(name: string, entry: unknown, { dataStart, fail }: { dataStart: number; fail: Fail }): TensorEntry {
  if (!isRecord(entry)) throw fail(`tensor ${name} is not described by an object`);
  const { dtype, shape, data_offsets: range } = entry;
  if (!isStoredElementType(dtype)) throw fail(`tensor ${name} has the unknown dtype ${JSON.stringify(dtype)}`);
  if (!isCounts(shape)) throw fail(`tensor ${name} has no valid shape`);
  if (!isCounts(range) || range.length !== 2) throw fail(`tensor ${name} has no valid data_offsets`);
  const [begin, end] = range as [number, number];
  const expected = tensorBytes({ dtype, shape });
  if (end - begin !== expected) {
    throw fail(`tensor ${name} (${dtype} [${shape}]) needs ${expected} bytes and its data_offsets hold ${end - begin}`);
  }
  return { dtype, shape, offset: dataStart + begin, byteLength: expected };
}

function checkCoverage(
  tensors: ReadonlyMap<string, TensorEntry>,
  dataStart: number,
  { end, fail }: { end: number; fail: Fail },
): void {
  const inFileOrder = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.byteLength - b.byteLength);
  let position = dataStart;
  for (const [name, { offset, byteLength }] of inFileOrder) {
    if (offset !== position) {
      const relation = offset < position ? "overlaps the tensor before it" : "leaves a gap before it";
      throw fail(`tensor ${name} ${relation}`, { offset });
    }
    position += byteLength;
    if (position > end) {
      throw fail(`tensor ${name} ends at byte ${position} and the file at ${end}: it is truncated`, { offset });
    }
  }
  if (position !== end) throw fail(`${end - position} bytes follow the last tensor`, { offset: position });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Shapes have few axes; the limit keeps error messages short. */
function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= 16 && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

/** The first key that occurs twice in one object of a valid JSON text: `JSON.parse` keeps the last in silence. */
function duplicateKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  const colon = /\s*:/y;
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (mark === "{" || mark === "[") open.push(new Set());
    else if (mark === "}" || mark === "]") open.pop();
    if (mark !== '"') continue;
    const end = endOfString(text, at);
    colon.lastIndex = end + 1;
    if (colon.test(text)) {
      const key = JSON.parse(text.slice(at, end + 1)) as string;
      if (open.at(-1)!.has(key)) return key;
      open.at(-1)!.add(key);
    }
    at = end;
  }
  return undefined;
}
