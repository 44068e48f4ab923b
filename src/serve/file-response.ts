import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import type { Context } from "hono";
import { getMimeType } from "hono/utils/mime";

/** Types that are not in the list of the library. */
const TYPES: Readonly<Record<string, string>> = { ply: "application/octet-stream", bin: "application/octet-stream" };

/** A file as an answer, streamed; `caching` is its Cache-Control. */
export async function fileResponse(context: Context, path: string, caching: string): Promise<Response> {
  const { size, mtimeMs } = await stat(path);
  const extension = path.slice(path.lastIndexOf(".") + 1);
  const tag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
  context.header("ETag", tag);
  context.header("Cache-Control", caching);
  if (context.req.header("if-none-match") === tag) return context.body(null, 304);
  context.header("Content-Type", TYPES[extension] ?? getMimeType(path) ?? "application/octet-stream");
  context.header("Content-Length", String(size));
  if (context.req.method === "HEAD") return context.body(null);
  return context.body(Readable.toWeb(createReadStream(path)) as ReadableStream);
}
