import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { InputError } from "../core/errors.ts";
import { SAMPLE_WIDTH, samplesPerSecond } from "../images/video/choose-frames.ts";
import type { GrayPicture } from "../images/video/gray-picture.ts";

const INSTALL =
  "videos are read by ffmpeg, which was not found; install it (Debian and Ubuntu: apt install ffmpeg, macOS: brew install ffmpeg, " +
  "Windows: winget install ffmpeg), or give photos";
/** JPEG of ffmpeg: 2 is the best of its scale. */
const JPEG_QUALITY = 2;

/** A video on disk, read by the system's ffmpeg at a steady rate. */
export class VideoFile {
  readonly path: string;
  readonly samplesPerSecond: number;
  /** About how many frames there are at that rate; null where the file does not tell. */
  readonly sampleCount: number | null;
  readonly #signal: AbortSignal | undefined;

  private constructor(path: string, seconds: number | null, signal: AbortSignal | undefined) {
    this.path = path;
    this.samplesPerSecond = samplesPerSecond(seconds);
    this.sampleCount = seconds === null ? null : Math.ceil(seconds * this.samplesPerSecond);
    this.#signal = signal;
  }

  /** Opens a video; an `InputError` for what is none, and where there is no ffmpeg. */
  static async open(path: string, signal: AbortSignal | undefined): Promise<VideoFile> {
    const asked = ["-show_entries", "format=duration:stream=codec_name", "-select_streams", "v:0", "-of", "json"];
    const { output, done } = start("ffprobe", ["-v", "error", ...asked, fileUrl(path)], path, signal);
    // Both at once: a program that failed has closed its output.
    const [json] = await Promise.all([text(output), done]);
    const { format, streams = [] } = JSON.parse(json) as {
      readonly format?: { readonly duration?: string };
      readonly streams?: readonly unknown[];
    };
    if (streams.length === 0) throw new InputError(`${path}: there is no video in it`);
    const seconds = Number(format?.duration);
    return new VideoFile(path, seconds > 0 ? seconds : null, signal);
  }

  /** Small gray frames, `SAMPLE_WIDTH` wide and upright, one after another. */
  async *grayFrames(): AsyncGenerator<GrayPicture> {
    const filter = `${this.#rate()},scale=${SAMPLE_WIDTH}:-2:flags=area,format=gray`;
    const format = ["-c:v", "pgm", "-f", "image2pipe", "-"];
    const { output, done } = start("ffmpeg", [...this.#input(), "-vf", filter, ...format], this.path, this.#signal);
    done.catch(() => {});
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of output as AsyncIterable<Buffer>) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let frame = takeFrame(rest); frame; frame = takeFrame(rest)) {
        yield frame.picture;
        rest = rest.subarray(frame.length);
      }
    }
    await done;
  }

  /** JPEG files of frames at their own size, by their rising indices among the gray ones. */
  async pictures(indices: readonly number[]): Promise<Uint8Array[]> {
    const folder = await mkdtemp(join(tmpdir(), "dust3r-frames-"));
    try {
      const wanted = indices.map((i) => `eq(n\\,${i})`).join("+");
      // Their times are made to follow each other: ffmpeg would fill the gaps with copies.
      const filter = `${this.#rate()},select=${wanted},setpts=N/FRAME_RATE/TB,format=yuvj420p`;
      const format = ["-c:v", "mjpeg", "-q:v", `${JPEG_QUALITY}`, "-frames:v", `${indices.length}`];
      const files = join(folder, "%05d.jpg");
      await start("ffmpeg", [...this.#input(), "-vf", filter, ...format, files], this.path, this.#signal).done;
      return await Promise.all(
        indices.map(
          async (_, i) => new Uint8Array(await readFile(join(folder, `${String(i + 1).padStart(5, "0")}.jpg`))),
        ),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  #rate(): string {
    return `fps=${this.samplesPerSecond}`;
  }

  #input(): string[] {
    return ["-v", "error", "-nostdin", "-i", fileUrl(this.path), "-map", "0:v:0"];
  }
}

/** Names that look like a protocol (`a:b.mp4`) or an option stay files. */
function fileUrl(path: string): string {
  return `file:${path}`;
}

function start(program: string, args: readonly string[], path: string, signal: AbortSignal | undefined) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], signal });
  const errors = text(child.stderr);
  const done = new Promise<void>((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (signal?.aborted) reject(signal.reason);
      else reject(error.code === "ENOENT" ? new InputError(`${path}: ${INSTALL}`) : error);
    });
    child.on("close", async (code) => {
      if (code === 0) return resolve();
      const [reason = `${program} ended with ${code}`] = (await errors).trim().split("\n").slice(-1);
      reject(
        new InputError(`${path}: ffmpeg cannot read it: ${reason.replace(/^file:/, "").replace(`${path}: `, "")}`),
      );
    });
  });
  return { output: child.stdout, done };
}

/** The first picture of a stream of PGM files, and its bytes; null where it has not all arrived. */
function takeFrame(bytes: Buffer): { picture: GrayPicture; length: number } | null {
  const head = /^P5\s(\d+)\s(\d+)\s255\s/.exec(bytes.toString("latin1", 0, 40));
  if (!head) return null;
  const [width, height] = [Number(head[1]), Number(head[2])];
  const length = head[0].length + width * height;
  if (bytes.length < length) return null;
  return { picture: { width, height, pixels: bytes.subarray(head[0].length, length) }, length };
}
