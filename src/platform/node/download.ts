import { open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { FormatError, InputError } from "../../core/errors.ts";
import type { RunOptions } from "../../core/progress.ts";
import { ConnectionProblem, type RequestOptions, request, retrying } from "./http-request.ts";
import { makeFolder } from "./make-folder.ts";
import { hashFile } from "./photo-files.ts";
import { explained } from "./write-error.ts";

/** What is known of a file beforehand, and how to report on its way. */
export interface DownloadOptions extends RequestOptions, RunOptions {
  /** What to call it in progress events. */
  readonly item: string;
  readonly size: number | undefined;
  /** Bytes that no such file exceeds, whatever the server says. */
  readonly limit: number;
  /** Hex; with it an interrupted download is continued by a later run, as the hash verifies the whole. */
  readonly sha256: string | undefined;
}

/**
 * Downloads a file to `path`, where it appears complete and verified or not at all. Bytes arrive in `path.part`;
 * a cut connection is taken up where it broke. Throws an `InputError` when the server cannot be reached or refuses,
 * and a `FormatError` when what arrived is not what was promised.
 */
export async function downloadFile(url: string, path: string, options: DownloadOptions): Promise<void> {
  const part = `${path}.part`;
  await explained(path, () => makeFolder(dirname(path)));
  if (options.sha256 === undefined) await rm(part, { force: true });
  let earlier = await bytesOf(part);
  for (;;) {
    const transfer: Transfer = { url, part, reused: earlier, etag: undefined, options };
    await retrying(url, { ...options, measure: () => bytesOf(part) }, () => receive(transfer));
    const problem = await mismatch(part, options);
    if (problem === undefined) break;
    await rm(part, { force: true });
    if (earlier === 0) throw new FormatError(url, `${problem}; the download was deleted, try again`);
    // Perhaps only what an earlier run had left was damaged: once more, from the start.
    earlier = 0;
  }
  await explained(path, () => rename(part, path));
}

interface Transfer {
  readonly url: string;
  readonly part: string;
  /** Bytes that an earlier run left. */
  reused: number;
  /** The entity tag of what was received so far. */
  etag: string | undefined;
  readonly options: DownloadOptions;
}

/** Asks for what is still missing and appends it. */
async function receive(transfer: Transfer): Promise<void> {
  const { url, part, options } = transfer;
  // Without a hash, only an equal entity tag shows that the parts are of one file.
  const joinable = options.sha256 !== undefined || transfer.etag !== undefined;
  const offset = joinable ? await bytesOf(part) : 0;
  if (offset > 0 && offset === options.size) return;
  const headers: Record<string, string> = { ...options.headers, "accept-encoding": "identity" };
  if (offset > 0) headers.range = `bytes=${offset}-`;
  if (offset > 0 && transfer.etag !== undefined) headers["if-range"] = transfer.etag;
  await request(url, { headers, redirect: "follow" }, options, (response, heard) => {
    return store(response, offset, { transfer, heard });
  });
}

/** The file that a response is a part of, and whom to tell when a byte of it arrives. */
interface Storing {
  readonly transfer: Transfer;
  heard(): void;
}

async function store(response: Response, offset: number, { transfer, heard }: Storing): Promise<void> {
  const { url, part, options } = transfer;
  if (!response.ok) await response.body?.cancel();
  if (response.status === 416) {
    await rm(part, { force: true });
    throw new ConnectionProblem("the server has nothing after what was received");
  }
  if (!response.ok || response.body === null) throw new InputError(`${url} answers with status ${response.status}`);

  const start = response.status === 206 ? rangeStart(response) : 0;
  if (start !== 0 && start !== offset) throw new ConnectionProblem("the server sends another range than asked for");
  if (start === 0) transfer.reused = 0;
  const etag = response.headers.get("etag");
  transfer.etag = etag?.startsWith("W/") ? undefined : (etag ?? undefined);
  const length = response.headers.get("content-length");
  const size = options.size ?? (length === null ? undefined : start + Number(length));
  if (size !== undefined && size > options.limit) {
    throw new FormatError(url, `the server announces ${size} bytes; at most ${options.limit} are expected`);
  }
  await append(response.body, start, { transfer, heard, size });
}

async function append(
  body: AsyncIterable<Uint8Array>,
  start: number,
  { transfer, heard, size }: Storing & { readonly size: number | undefined },
): Promise<void> {
  const { part, reused, options } = transfer;
  const file = await explained(part, () => open(part, start === 0 ? "w" : "r+"));
  let position = start;
  try {
    for await (const chunk of body) {
      heard();
      if (position + chunk.length > (size ?? options.limit)) {
        const promise = size === undefined ? "that such a file may have" : "it announced";
        throw new FormatError(transfer.url, `the server sends more than the ${size ?? options.limit} bytes ${promise}`);
      }
      for (const end = position + chunk.length; position < end; ) {
        const rest = chunk.subarray(chunk.length - (end - position));
        position += (await explained(part, () => file.write(rest, 0, rest.length, position))).bytesWritten;
      }
      options.onProgress?.({ stage: "download", done: position, total: size ?? position, reused, item: options.item });
    }
  } finally {
    await file.close();
  }
  if (size !== undefined && position < size) throw new ConnectionProblem(`cut off after ${position} of ${size} bytes`);
}

async function mismatch(part: string, { size, sha256 }: DownloadOptions): Promise<string | undefined> {
  const found = await bytesOf(part);
  if (size !== undefined && found !== size) return `${found} bytes arrived and ${size} were announced`;
  if (sha256 === undefined) return undefined;
  const hash = await hashFile(part);
  return hash === sha256 ? undefined : `what arrived has the SHA-256 ${hash} and ${sha256} was announced`;
}

function rangeStart(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1]);
}

async function bytesOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
