import { FormatError, InputError } from "../../core/errors.ts";
import type { RunOptions } from "../../core/progress.ts";
import { hashBlob } from "./hash-blob.ts";
import { request } from "./http-request.ts";
import { privateFile, removePrivate, writePrivateFile } from "./private-files.ts";

/** What is known of a download. */
export interface DownloadOptions extends RunOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** What progress is reported of. */
  readonly item: string;
  /** Its length in bytes. */
  readonly size?: number | undefined;
  /** Hex. */
  readonly sha256?: string | undefined;
  /** More bytes are refused. */
  readonly limit: number;
}

/**
 * Downloads a file into the private file system, whole or not at all. Throws an `InputError` where that is not possible, and a
 * `FormatError` for a file of another length or hash than announced.
 */
export async function downloadFile(url: string, path: string, options: DownloadOptions): Promise<void> {
  const { headers = {}, signal, item, limit, onProgress } = options;
  const response = await request(url, { headers, signal });
  if (!response.ok || response.body === null) throw new InputError(`${url} answers with status ${response.status}`);
  const total = options.size ?? lengthOf(response);
  let done = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      done += chunk.length;
      if (done > (total ?? limit)) throw new FormatError(url, `the server sends more than ${total ?? limit} bytes`);
      onProgress?.({ stage: "download", done, total: total ?? done, item });
      controller.enqueue(chunk);
    },
  });
  await writePrivateFile(path, response.body.pipeThrough(counted, signal === undefined ? {} : { signal }));
  const problem = await mismatch((await privateFile(path))!, { size: total, sha256: options.sha256 });
  if (problem === undefined) return;
  await removePrivate(path);
  throw new FormatError(url, problem);
}

/** Bytes that a response announces; undefined where what arrives is decompressed on the way. */
function lengthOf({ headers }: Response): number | undefined {
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") ? undefined : Number(length);
}

/** What tells that a file is not the one announced; undefined where nothing does. */
export async function mismatch(
  file: Blob,
  { size, sha256 }: Pick<DownloadOptions, "size" | "sha256">,
): Promise<string | undefined> {
  if (size !== undefined && file.size !== size) return `${file.size} bytes arrived and ${size} were announced`;
  if (sha256 === undefined) return undefined;
  const hash = await hashBlob(file);
  return hash === sha256 ? undefined : `what arrived has the SHA-256 ${hash} and ${sha256} was announced`;
}
