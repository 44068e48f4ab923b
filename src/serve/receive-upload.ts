import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyFileStream, type BusboyHeaders, type BusboyInstance } from "@fastify/busboy";
import { z } from "zod";
import { pictureFormat } from "../platform/node/picture-format.ts";
import { JOB_OPTIONS, type JobOptions, type JobPhoto } from "./job.ts";
import { photoFile } from "./job-folders.ts";
import { photoLabel } from "./photo-label.ts";
import { Refusal } from "./refusal.ts";
import type { ServeLimits } from "./serve-limits.ts";

/** The upload of a job. */
export interface Receiving {
  /** Where its photos go. */
  readonly folder: string;
  /** Aborted when the job is canceled or the server stops. */
  readonly signal: AbortSignal;
  readonly onBytes: (received: number) => void;
}

/** What an upload was found to be. */
export interface Received {
  readonly photos: readonly JobPhoto[];
  readonly options: JobOptions;
}

const OPTIONS_BYTES = 65_536;
const HEADER_BYTES = 8192;

/** The bytes that a request says its body has; a `Refusal` where it does not, or has too many. */
export function declaredBytes({ headers }: IncomingMessage, { upload_bytes: most }: ServeLimits): number {
  const { "content-length": length, "content-type": type = "" } = headers;
  if (!/^multipart\/form-data\b/i.test(type))
    throw new Refusal(
      415,
      `multipart/form-data is expected, with photos in fields "photos"; found ${type || "no content type"}`,
    );
  if (length === undefined) throw new Refusal(411, "Content-Length is expected: say beforehand how much will be sent");
  const bytes = Number(length);
  if (bytes > most) throw new Refusal(413, `${bytes} bytes are too many: at most ${most} are taken for one job`);
  return bytes;
}

/**
 * Receives the body of a multipart request: fields `photos`, each written to a file of its own, and at most one field `options`,
 * JSON. Ends with a `Refusal` at the first thing that is wrong, or when nothing has come for too long.
 */
export async function receiveUpload(
  incoming: IncomingMessage,
  { folder, signal, onBytes }: Receiving,
  limits: ServeLimits,
): Promise<Received> {
  const parser = openParser(incoming, limits);
  const refused = new AbortController();
  const refuse = (reason: unknown): void => refused.abort(reason);
  const photos: Promise<JobPhoto>[] = [];
  let options: JobOptions = {};
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      refuse(error);
    }
  };
  const stopped = AbortSignal.any([signal, refused.signal]);
  // The parser and its files may fail once more after all is over; nobody listening would end the server.
  parser.on("error", refuse);
  parser.on("file", (field: string = "", stream: BusboyFileStream, name: string = "") => {
    stream.on("error", refuse);
    const index = photos.length;
    const label = photoLabel(name, index);
    const photo = receivePhoto(stream, { field, label, path: join(folder, photoFile(index)), signal: stopped });
    photo.catch(refuse);
    photos.push(photo);
  });
  parser.on("field", (field: string = "", value: string, _: boolean, isCut: boolean) =>
    attempt(() => {
      options = parseOptions(field, value, isCut);
    }),
  );
  parser.on("filesLimit", () =>
    refuse(new Refusal(413, `too many photos: at most ${limits.photos} are taken for one job`)),
  );
  parser.on("fieldsLimit", () => refuse(new Refusal(400, 'one field "options" is expected besides the photos')));
  let received = 0;
  const clock = uploadClock(limits, refuse);
  const count = (chunk: Buffer): void => {
    received += chunk.length;
    clock.alive();
    onBytes(received);
  };
  incoming.on("data", count);
  try {
    await parsed(incoming, parser, stopped);
    // A photo that is refused now, after the last byte, rejects here.
    const all = await Promise.all(photos);
    refused.signal.throwIfAborted();
    if (all.length === 0) throw new Refusal(400, 'no photos: at least one field "photos" with a file is expected');
    return { photos: all, options };
  } catch (error) {
    const reason = reasonOf(error, { signal, refused: refused.signal });
    // Whatever is still written stops.
    refuse(reason);
    await Promise.allSettled(photos);
    throw reason;
  } finally {
    clock.stop();
    incoming.off("data", count);
  }
}

function openParser(incoming: IncomingMessage, limits: ServeLimits): BusboyInstance {
  try {
    return new Busboy({
      headers: incoming.headers as BusboyHeaders,
      limits: {
        files: limits.photos,
        fileSize: limits.upload_bytes,
        fields: 1,
        fieldSize: OPTIONS_BYTES,
        headerPairs: 16,
        headerSize: HEADER_BYTES,
      },
    });
  } catch (error) {
    // There is no boundary.
    throw asRefusal(error);
  }
}

/** Waits until all of a body is parsed. The request is left as it is where that fails, so that it can still be answered. */
async function parsed(incoming: IncomingMessage, parser: BusboyInstance, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const options = { signal: AbortSignal.any([signal, over.signal]) };
  const cut = async (): Promise<never> => {
    // It may have been while the folder was made.
    if (!incoming.destroyed) await once(incoming, "aborted", options);
    throw new Error("the connection was closed");
  };
  try {
    const finished = once(parser, "finish", options);
    incoming.pipe(parser);
    await Promise.race([finished, cut()]);
  } finally {
    incoming.unpipe(parser);
    over.abort();
  }
}

/** Of the first thing that went wrong, not of what that broke in turn. */
function reasonOf(
  error: unknown,
  { signal, refused }: { readonly signal: AbortSignal; readonly refused: AbortSignal },
): unknown {
  if (signal.aborted) return signal.reason;
  return asRefusal(refused.aborted ? refused.reason : error);
}

function asRefusal(error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code === "ENOSPC") return new Refusal(507, "the server's disk is full");
  if (error instanceof Refusal || isOfSystem(error)) return error;
  return new Refusal(400, `the body is not multipart/form-data, or is cut short: ${(error as Error).message}`);
}

/** A failure of the disk is none of the client's. */
function isOfSystem(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall !== undefined && code !== "ECONNRESET";
}

async function receivePhoto(
  stream: Readable & { readonly truncated: boolean },
  {
    field,
    label,
    path,
    signal,
  }: { readonly field: string; readonly label: string; readonly path: string; readonly signal: AbortSignal },
): Promise<JobPhoto> {
  const file = createWriteStream(path, { flags: "wx" });
  await pipeline(stream, file, { signal });
  if (field !== "photos") throw new Refusal(400, `files are expected in fields "photos", not "${field.slice(0, 40)}"`);
  if (stream.truncated) throw new Refusal(413, `${label} is too large`);
  const format = await pictureFormat(path);
  if (format === undefined)
    throw new Refusal(
      415,
      `${label} is no picture by its content: JPEG, PNG, WebP, AVIF, HEIC, TIFF or GIF is expected`,
    );
  return { label, bytes: file.bytesWritten, format };
}

function parseOptions(field: string, value: string, isCut: boolean): JobOptions {
  if (field !== "options")
    throw new Refusal(400, `the field "${field.slice(0, 40)}" is not known: "photos" and "options" are`);
  if (isCut) throw new Refusal(413, `options: at most ${OPTIONS_BYTES} bytes are expected`);
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    throw new Refusal(400, "options: JSON is expected");
  }
  const { data, error } = JOB_OPTIONS.safeParse(json);
  if (error) throw new Refusal(400, `options: ${z.prettifyError(error)}`);
  return data;
}

/** Ends an upload that takes too long or stands still. */
function uploadClock(
  { upload_seconds: longest, stalled_seconds: pause }: ServeLimits,
  refuse: (reason: Refusal) => void,
): { alive(): void; stop(): void } {
  const total = setTimeout(
    () => refuse(new Refusal(408, `the upload took longer than the ${longest} s that are allowed`)),
    1000 * longest,
  );
  const stalled = setTimeout(() => refuse(new Refusal(408, `nothing has come for ${pause} s`)), 1000 * pause);
  return {
    alive: () => void stalled.refresh(),
    stop() {
      clearTimeout(total);
      clearTimeout(stalled);
    },
  };
}
