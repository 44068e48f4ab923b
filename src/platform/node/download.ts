import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FormatError, InputError } from "../../core/errors.ts";
import type { RunOptions } from "../../core/progress.ts";
import { hashFile } from "./photo-files.ts";
import { explainWriteError } from "./write-error.ts";

/** How a request behaves when the connection fails. */
export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds before the second attempt; doubled before each further one. Default 500. */
  readonly retryDelay?: number | undefined;
}

/** What is known of a file beforehand, and how to report on its way. */
export interface DownloadOptions extends RequestOptions, RunOptions {
  /** What to call it in progress events. */
  readonly item: string;
  readonly size: number | undefined;
  /** Hex; with it an interrupted download is continued by a later run, for the end proves that the parts belong together. */
  readonly sha256: string | undefined;
}

/** Attempts without any progress before a download is given up. */
const ATTEMPTS = 5;
const RETRY_DELAY = 500;

/**
 * What a server says of a file, without its bytes. Redirects are followed within one origin only: where a file moves to
 * another (a content network), the answer before is the one that describes it. Headers of earlier answers win.
 */
export async function probeFile(url: string, options: RequestOptions): Promise<{ status: number; headers: Headers }> {
  return retrying(url, options, async () => {
    const headers = new Headers();
    for (let target = new URL(url), hops = 0; ; hops++) {
      const response = await request(target.href, {
        headers: options.headers ?? {},
        method: "HEAD",
        redirect: "manual",
        signal: options.signal ?? null,
      });
      for (const [name, value] of response.headers) if (!headers.has(name)) headers.set(name, value);
      const location = response.headers.get("location");
      const next = location === null ? undefined : new URL(location, target);
      if (response.status < 300 || response.status >= 400 || next?.origin !== target.origin || hops === 5) {
        return { status: response.status, headers };
      }
      target = next;
    }
  });
}

/**
 * Downloads a file to `path`, where it appears complete and verified or not at all. Bytes arrive in `path.part`;
 * a cut connection is taken up where it broke. Throws an `InputError` when the server cannot be reached or refuses,
 * and a `FormatError` when what arrived is not what was promised.
 */
export async function downloadFile(url: string, path: string, options: DownloadOptions): Promise<void> {
  const part = `${path}.part`;
  await explained(path, () => mkdir(dirname(path), { recursive: true }));
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
  /** The server's name for what was received so far. */
  etag: string | undefined;
  readonly options: DownloadOptions;
}

/** Asks for what is still missing and appends it. */
async function receive(transfer: Transfer): Promise<void> {
  const { url, part, options } = transfer;
  // Without a hash to prove it in the end, only a server's word joins the parts.
  const joinable = options.sha256 !== undefined || transfer.etag !== undefined;
  const offset = joinable ? await bytesOf(part) : 0;
  if (offset > 0 && offset === options.size) return;
  const headers: Record<string, string> = { ...options.headers, "accept-encoding": "identity" };
  if (offset > 0) headers.range = `bytes=${offset}-`;
  if (offset > 0 && transfer.etag !== undefined) headers["if-range"] = transfer.etag;
  const response = await request(url, { headers, redirect: "follow", signal: options.signal ?? null });
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
  await append(response.body, start, {
    transfer,
    size: options.size ?? (length === null ? undefined : start + Number(length)),
  });
}

async function append(
  body: AsyncIterable<Uint8Array>,
  start: number,
  { transfer, size }: { transfer: Transfer; size: number | undefined },
): Promise<void> {
  const { part, reused, options } = transfer;
  const file = await explained(part, () => open(part, start === 0 ? "w" : "r+"));
  let position = start;
  try {
    for await (const chunk of body) {
      if (size !== undefined && position + chunk.length > size) {
        throw new FormatError(transfer.url, `the server sends more than the ${size} bytes it announced`);
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

/** A failure that another attempt may get past. */
class ConnectionProblem extends Error {}

async function request(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (response.status === 429 || response.status >= 500) {
    await response.body?.cancel();
    throw new ConnectionProblem(`it answers with status ${response.status}`);
  }
  return response;
}

/** Tries again after connection failures, for as long as there is progress (by `measure`) and a little longer. */
async function retrying<Result>(
  url: string,
  { signal, retryDelay = RETRY_DELAY, measure = async () => 0 }: RequestOptions & { measure?: () => Promise<number> },
  attempt: () => Promise<Result>,
): Promise<Result> {
  let progress = await measure();
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      // Node's fetch reports every failure of a connection as a TypeError.
      if (!(error instanceof ConnectionProblem || error instanceof TypeError)) throw error;
      const now = await measure();
      if (now > progress) failures = 1;
      progress = now;
      if (failures >= ATTEMPTS) {
        throw new InputError(`cannot download from ${new URL(url).host}: ${reason(error)}`, { cause: error });
      }
      await sleep(retryDelay * 2 ** (failures - 1), undefined, signal === undefined ? {} : { signal }).catch(() => {});
      signal?.throwIfAborted();
    }
  }
}

function reason(error: Error): string {
  const { cause } = error;
  if (cause instanceof Error)
    return "code" in cause ? `${cause.message || error.message} (${cause.code})` : cause.message;
  return error.message;
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

async function explained<Result>(path: string, operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    throw explainWriteError(path, error);
  }
}
