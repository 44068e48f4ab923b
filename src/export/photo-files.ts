/** How a photo is copied for other programs: all of them read these. */
export type PhotoFormat = "jpeg" | "png";

/** Gives the bytes of a photo, upright and in a format. Only the platform knows where photos are. */
export type LoadPhoto = (image: number, format: PhotoFormat) => Promise<Uint8Array>;

/** The format in which a photo is copied: PNG where its name says that it is one, else JPEG. */
export function photoFormat(name: string): PhotoFormat {
  return /\.png$/i.test(name) ? "png" : "jpeg";
}
