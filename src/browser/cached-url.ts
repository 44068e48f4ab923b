import { FormatError, InputError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";
import { sha256 as sha256Of } from "../core/sha256.ts";
import { downloadFile, mismatch } from "../platform/browser/download.ts";
import { cacheFolder } from "../platform/browser/environment.ts";
import { exclusively } from "../platform/browser/exclusive.ts";
import { readText, writeText } from "../platform/browser/files.ts";
import { hashBlob } from "../platform/browser/hash-blob.ts";
import { request } from "../platform/browser/http-request.ts";
import { privateFile, removePrivate } from "../platform/browser/private-files.ts";

/** More bytes are refused: the largest published weights have 2.6 GB. */
const MOST_BYTES = 2 ** 36;

/** What is known of a file when it is kept. */
interface KeptFile {
  readonly etag: string | null;
  readonly size: number;
  /** Null for one too large to be hashed. */
  readonly sha256: string | null;
}

/** How a URL is loaded. */
export interface CachedUrlOptions extends RunOptions {
  /** Hex SHA-256 that the content must have. */
  readonly sha256?: string | undefined;
}

/** Larger files are held to a hash at every visit only where one was given: it takes seconds. */
const MOST_HASHED = 2 ** 30;

/**
 * The content of a URL, kept in the private file system and taken from there as long as the server says that it has not changed,
 * or does not answer, and its hash is what it was. Where the browser keeps nothing it is loaded each time. Throws an
 * `InputError` or `FormatError` that names the URL.
 */
export async function cachedUrl(url: string, options: CachedUrlOptions = {}): Promise<Blob> {
  const { onProgress, signal, sha256 } = options;
  const folder = `${cacheFolder()}/urls/${(await sha256Of(url)).slice(0, 24)}`;
  const path = `${folder}/content`;
  if (!(await keepsFiles())) return await loadUrl(url, options);
  return await exclusively(folder, { signal }, async () => {
    const kept = await keptFile(folder);
    const answer = await request(url, { method: "HEAD", signal }).catch(() => undefined);
    signal?.throwIfAborted();
    const etag = answer?.ok ? answer.headers.get("etag") : (kept?.etag ?? null);
    const file = await privateFile(path);
    if (file !== undefined && kept !== undefined && kept.etag === etag) {
      const expected = sha256 ?? kept.sha256 ?? undefined;
      if ((await mismatch(file, { size: kept.size, sha256: expected })) === undefined) return file;
    }
    await removePrivate(folder);
    await downloadFile(url, path, { item: url.split("/").at(-1)!, limit: MOST_BYTES, sha256, onProgress, signal });
    const fresh = (await privateFile(path))!;
    const hash = sha256 ?? (fresh.size > MOST_HASHED ? null : await hashBlob(fresh));
    const note: KeptFile = { etag, size: fresh.size, sha256: hash };
    await writeText(`${folder}/note.json`, JSON.stringify(note));
    return fresh;
  });
}

/** The content of a URL, loaded now; a `data:` URL, which a page's policy may forbid to load, is decoded. */
export async function loadUrl(url: string, { signal, sha256 }: CachedUrlOptions = {}): Promise<Blob> {
  const [, base64, data] = /^data:[^,]*?(;base64)?,(.*)$/s.exec(url) ?? [];
  if (data !== undefined) {
    const text = base64 ? atob(data) : decodeURIComponent(data);
    return new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))]);
  }
  const response = await request(url, { signal });
  if (!response.ok) throw new InputError(`${url} answers with status ${response.status}`);
  const blob = await response.blob();
  const problem = await mismatch(blob, { sha256 });
  if (problem !== undefined) throw new FormatError(url, problem);
  return blob;
}

async function keptFile(folder: string): Promise<KeptFile | undefined> {
  const text = await readText(`${folder}/note.json`);
  return text === undefined ? undefined : (JSON.parse(text) as KeptFile);
}

/** Browsers may keep nothing in private windows. */
async function keepsFiles(): Promise<boolean> {
  return await navigator.storage.getDirectory().then(
    () => true,
    () => false,
  );
}
