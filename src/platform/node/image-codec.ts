import { readFile, stat } from "node:fs/promises";
import type { Sharp } from "sharp";
import { FormatError, InputError } from "../../core/errors.ts";
import { nameOfPicture, type Picture } from "../../core/picture.ts";
import type { RgbImage } from "../../core/rgb-image.ts";
import type { Size } from "../../core/view.ts";
import type * as open from "../open-photo.ts";
import type { ImageHeader, OpenPhoto } from "../open-photo.ts";
import { decodedSize, MAX_PIXELS, MAX_PIXELS_DECODED_WHOLE, MAX_PIXELS_IN_PASSES } from "../photo-limits.ts";
import { type DecodedPhoto, photoOfPixels } from "../photo-pixels.ts";
import { loadSharp } from "./load-sharp.ts";
import { resourceError } from "./missing-resource.ts";
import { type PictureSource, pictureFormat } from "./picture-format.ts";
import { readProblem } from "./read-error.ts";

/** A large photo of more pixels per byte is a decompression bomb. */
const MOST_PIXELS_PER_BYTE = 1000;

const READABLE = "JPEG, PNG, WebP, AVIF, HEIC, TIFF or GIF";

/** How much of a photo is wanted. */
export interface DecodeOptions extends open.DecodeOptions {
  /** The photo that a mask belongs to: one of another size is a `FormatError` before it is decoded. */
  readonly maskOf?: Size;
}

/** Opens a photo by its metadata; throws an `InputError` or `FormatError` that names the file. */
export async function openPhoto(picture: Picture): Promise<OpenPhoto> {
  const metadata = await readFileMetadata(picture);
  const { width, height, exif, orientation } = metadata;
  return { width, height, exif, orientation, decode: (options) => decodePhoto(picture, metadata, options) };
}

/** Size (after the EXIF orientation) and EXIF of a photo; throws an `InputError` or `FormatError` that names the file. */
export async function readImageHeader(picture: Picture): Promise<ImageHeader> {
  const { width, height, exif, orientation } = await readFileMetadata(picture);
  return { width, height, exif, orientation };
}

/**
 * The pixels of a photo, upright. Colors are not blended with what is transparent, 10, 12 and 16 bits become 8, an animation its first frame.
 * Color profiles are ignored, as in the data the network was trained on. Throws an `InputError` or `FormatError` that
 * names the file; a truncated or damaged photo is never returned in part.
 */
export async function decodeImage(picture: Picture, options: DecodeOptions = {}): Promise<DecodedPhoto> {
  return await decodePhoto(picture, await readFileMetadata(picture), options);
}

async function decodePhoto(
  picture: Picture,
  metadata: PhotoMetadata,
  { maskOf, reducedTo }: DecodeOptions = {},
): Promise<DecodedPhoto> {
  if (maskOf !== undefined && (metadata.width !== maskOf.width || metadata.height !== maskOf.height)) {
    const found = `${metadata.width}x${metadata.height} pixels`;
    throw new FormatError(nameOfPicture(picture), `found ${found}; its photo has ${maskOf.width}x${maskOf.height}`);
  }
  if (maskOf === undefined) requireContent(metadata, nameOfPicture(picture));
  const size = decodedSize(metadata, reducedTo);
  return await inTurn(() => decode(sourceOf(picture), metadata, size)).catch((cause: unknown) => {
    throw (
      resourceError(nameOfPicture(picture), cause) ??
      new FormatError(nameOfPicture(picture), `is damaged or truncated: ${reason(cause)}`, { cause })
    );
  });
}

async function decode(source: PictureSource, { compression, depth }: PhotoMetadata, size: Size): Promise<DecodedPhoto> {
  const isDeep = depth === "ushort";
  if (compression === "hevc") return await finish(await openHevc(source), size);
  try {
    return await finish(await openPicture(source, "warning"), size, isDeep);
  } catch (error) {
    // libvips warns of harmless things too, such as an odd scan header or a wrong color profile.
    if (/corrupt|premature|read error/i.test(reason(error))) throw error;
    return await finish(await openPicture(source, "error"), size, isDeep);
  }
}

/**
 * The pixels of a picture in memory, as they are stored; `name` is for errors. Throws a `FormatError` for bytes that are
 * no picture, or a damaged one.
 */
export async function decodeImageBytes(bytes: Uint8Array, name: string): Promise<RgbImage> {
  requireContent(await readMetadata(bytes, name, bytes.length), name);
  const sharp = await loadSharp();
  const decoded = sharp(bytes, { failOn: "warning", ignoreIcc: true, limitInputPixels: false })
    .removeAlpha()
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { data, info } = await decoded.catch((cause: unknown) => {
    throw (
      resourceError(name, cause) ??
      new FormatError(name, `is not a ${READABLE} picture, or is damaged: ${reason(cause)}`, { cause })
    );
  });
  return { width: info.width, height: info.height, rgb: data };
}

/** JPEG bytes of a picture; `quality` from 1 to 100. */
export async function encodeJpeg(image: RgbImage, quality = 90): Promise<Uint8Array> {
  const { width, height, rgb } = image;
  const sharp = await loadSharp();
  return await sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality, chromaSubsampling: "4:4:4" })
    .toBuffer();
}

/** Metadata of a photo, and how it is stored. */
export interface PhotoMetadata extends ImageHeader {
  readonly format: string;
  /** Of HEIF containers: `hevc`, `av1`. */
  readonly compression: string | undefined;
  /** Of a channel: `uchar`, `ushort`. */
  readonly depth: string | undefined;
  /** Of the whole file. */
  readonly byteLength: number;
}

/** Reads a picture's metadata before it is decoded; throws an `InputError` or `FormatError` that names the file. */
export async function readFileMetadata(picture: Picture): Promise<PhotoMetadata> {
  if (typeof picture !== "string") {
    if (picture.bytes.length === 0) throw new FormatError(picture.name, "is empty (0 bytes); a photo is expected");
    return await readMetadata(picture.bytes, picture.name, picture.bytes.length);
  }
  const path = picture;
  const file = await stat(path).catch((cause: Error) => {
    throw new InputError(`${path}: cannot be opened: ${cause.message}`, { cause });
  });
  if (!file.isFile()) throw new InputError(`${path}: is not a file; a photo is expected`);
  if (file.size === 0) throw new FormatError(path, "is empty (0 bytes); a photo is expected");
  return await readMetadata(path, path, file.size);
}

/** Masks apart, which may be almost nothing. */
function requireContent({ width, height, byteLength }: PhotoMetadata, name: string): void {
  if (width * height <= Math.max(MAX_PIXELS_DECODED_WHOLE, MOST_PIXELS_PER_BYTE * byteLength)) return;
  throw new FormatError(name, `claims ${width}x${height} pixels in ${byteLength} bytes: no photo can be that small`);
}

function sourceOf(picture: Picture): PictureSource {
  return typeof picture === "string" ? picture : picture.bytes;
}

/**
 * What every picture must pass before it is decoded: it is of a format that we know, and of a size that can be borne.
 * Throws an `InputError` or a `FormatError` with `name`.
 */
export async function readMetadata(source: PictureSource, name: string, byteLength: number): Promise<PhotoMetadata> {
  const format = await pictureFormat(source).catch((cause: unknown) => {
    throw readProblem(name, cause);
  });
  if (format === undefined) throw new FormatError(name, `is not a ${READABLE} photo by its first bytes`);
  const sharp = await loadSharp();
  const read = () => sharp(source, { limitInputPixels: false }).metadata();
  const metadata = await inTurn(read).catch((cause: unknown) => {
    throw (
      resourceError(name, cause) ??
      new FormatError(name, `is not a ${READABLE} photo, or is damaged: ${reason(cause)}`, { cause })
    );
  });
  if (metadata.format !== format) throw new FormatError(name, `begins as ${format} and is ${metadata.format}`);
  const { width, height } = metadata.autoOrient;
  const most = metadata.isProgressive ? MAX_PIXELS_IN_PASSES : MAX_PIXELS;
  if (width * height > most) {
    const found = `${width}x${height} = ${Math.round((width * height) / 1e6)} megapixels`;
    const kind = metadata.isProgressive ? " of a progressive or interlaced photo" : "";
    throw new InputError(`${name}: too large: ${found}, at most ${most / 1e6}${kind} are read; reduce it first`);
  }
  const { compression, depth, orientation = 1 } = metadata;
  if (depth !== "uchar" && depth !== "ushort") {
    throw new FormatError(
      name,
      `holds numbers of the kind ${depth}, whose range and gamma are not known; 8 or 16 bits are expected`,
    );
  }
  const turned = orientation > 1 ? orientation : undefined;
  const exif = tiffBlock(metadata.exif);
  return { width, height, format, compression, depth, exif, orientation: turned, byteLength };
}

/** JPEG prefixes the block with a signature that the other formats leave out. */
function tiffBlock(exif: Uint8Array | undefined): Uint8Array | undefined {
  return exif?.[0] === 0x45 ? exif.subarray("Exif\0\0".length) : exif;
}

async function openPicture(source: PictureSource, failOn: "warning" | "error"): Promise<Sharp> {
  const sharp = await loadSharp();
  return sharp(source, { failOn, ignoreIcc: true, limitInputPixels: false, sequentialRead: true }).autoOrient();
}

/** The prebuilt libvips has no HEVC decoder. */
async function openHevc(source: PictureSource): Promise<Sharp> {
  const [sharp, { default: decodeHeic }, buffer] = await Promise.all([
    loadSharp(),
    import("heic-decode"),
    typeof source === "string" ? readFile(source) : source,
  ]);
  const { width, height, data } = await decodeHeic({ buffer });
  return sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: false });
}

async function finish(photo: Sharp, size: Size, isDeep = false): Promise<DecodedPhoto> {
  const resized = photo.resize({ ...size, fit: "fill" });
  const decoded = isDeep
    ? resized.toColourspace("rgb16").raw({ depth: "ushort" })
    : resized.toColourspace("srgb").raw({ depth: "uchar" });
  const { data, info } = await decoded.toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels === 3 && !isDeep) return { width, height, rgb: data };
  const values = isDeep ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2) : data;
  return photoOfPixels({ width, height, values, channels });
}

let lastRead: Promise<unknown> = Promise.resolve();

/** One after the other: libvips has one error log for the process, and errors of photos read at once get mixed up. */
function inTurn<T>(read: () => Promise<T>): Promise<T> {
  const result = lastRead.then(read);
  lastRead = result.catch(() => undefined);
  return result;
}

/** What libvips says, without the attempts it made. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/^.*bad seek to.*$/gm, "")
    .trim()
    .replace(/\s*\n\s*/g, " ");
}
