import { BlobSource, CanvasSink, Input, MATROSKA, MP4, QTFF, WEBM } from "mediabunny";
import {
  chooseFrames,
  DEFAULT_FRAMES,
  FrameMeter,
  SAMPLE_WIDTH,
  samplesPerSecond,
} from "../../../src/images/video/choose-frames.ts";
import { frameName } from "../../../src/images/video/frame-name.ts";
import { grayOf } from "../../../src/images/video/gray-picture.ts";

const QUALITY = 0.94;
/** A frame is drawn at most so wide: what a phone films in 4K is no sharper for it. */
const MOST_WIDTH = 1920;

/**
 * Frames of a video as JPEG files, chosen by sharpness and parallax and decoded by the browser; `onShare` hears how far it is, 0 to 1.
 * Throws an `Error` that names the file where it is no video or the browser cannot decode it.
 */
export async function videoFrames(file: File, onShare: (share: number) => void): Promise<File[]> {
  using input = new Input({ source: new BlobSource(file), formats: [MP4, QTFF, WEBM, MATROSKA] });
  const track = await input.getPrimaryVideoTrack().catch(() => null);
  if (!track) throw new Error(`${file.name}: this is no video that can be opened (MP4, MOV, WebM or MKV).`);
  if (!(await track.canDecode()))
    throw new Error(`${file.name}: this browser cannot decode this video (${track.codec ?? "unknown"}).`);
  const first = await track.getFirstTimestamp();
  const seconds = (await track.computeDuration()) - first;
  const rate = samplesPerSecond(seconds);
  const times = Array.from({ length: Math.max(1, Math.ceil(seconds * rate)) }, (_, i) => first + i / rate);
  const meter = new FrameMeter();
  const taken: number[] = [];
  const small = new CanvasSink(track, { width: SAMPLE_WIDTH, poolSize: 2 });
  let read: Reader | undefined;
  for await (const frame of small.canvasesAtTimestamps(times)) {
    if (!frame) continue;
    read ??= reader(frame.canvas);
    meter.add(grayOf(read(frame.canvas)));
    taken.push(frame.timestamp);
    onShare(taken.length / times.length);
    // The page stays alive between frames.
    await new Promise((resolve) => setTimeout(resolve));
  }
  const chosen = chooseFrames(meter.samples, DEFAULT_FRAMES).map((i) => taken[i]!);
  if (chosen.length === 0) throw new Error(`${file.name}: there is no frame in it.`);
  const width = Math.min(MOST_WIDTH, track.displayWidth);
  const files: File[] = [];
  for await (const frame of new CanvasSink(track, { width }).canvasesAtTimestamps(chosen)) {
    if (!frame) continue;
    const blob = await jpegOf(frame.canvas);
    const name = frameName(file.name.replace(/\.\w+$/, ""), frame.timestamp, "jpg");
    files.push(new File([blob], name, { type: "image/jpeg", lastModified: file.lastModified }));
  }
  return files;
}

type Reader = (canvas: HTMLCanvasElement | OffscreenCanvas) => ImageData;

/** Reads canvases of one size by way of another one, which lies in memory for it. */
function reader({ width, height }: HTMLCanvasElement | OffscreenCanvas): Reader {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser offers no 2D canvas");
  return (canvas) => {
    context.drawImage(canvas, 0, 0);
    return context.getImageData(0, 0, width, height);
  };
}

async function jpegOf(canvas: HTMLCanvasElement | OffscreenCanvas): Promise<Blob> {
  const options = { type: "image/jpeg", quality: QUALITY };
  if (canvas instanceof OffscreenCanvas) return await canvas.convertToBlob(options);
  return await new Promise((resolve, reject) => {
    const done = (blob: Blob | null): void => (blob ? resolve(blob) : reject(new Error("no JPEG could be written")));
    canvas.toBlob(done, options.type, options.quality);
  });
}
