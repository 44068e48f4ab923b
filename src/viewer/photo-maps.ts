import { bytesFromBase64 } from "../core/base64.ts";
import type { ReportCloud } from "../export/report-data.ts";
import { mapColor } from "./color-map.ts";

/** What can lie over the points while looking through a photo. */
export type Layer = "photo" | "depth" | "confidence" | "tracks";

const MOST_DEPTH_CODE = 65535;

/** A photo's depth in color, near dark and far bright, on a logarithmic scale; clear where there is none. */
export function depthPicture(cloud: ReportCloud): ImageData {
  const codes = new DataView(bytesFromBase64(cloud.depth).buffer);
  return picture(cloud, (i) => {
    const code = codes.getUint16(2 * i, true);
    return code === 0 ? null : (code - 1) / (MOST_DEPTH_CODE - 1);
  });
}

/**
 * A photo's confidence in color, bright where the network is confident, on a logarithmic scale common to all photos.
 */
export function confidencePicture(cloud: ReportCloud): ImageData {
  const codes = bytesFromBase64(cloud.confidence);
  return picture(cloud, (i) => codes[i]! / 255);
}

/** `valueAt` gives a sample's value in [0, 1], or null for none. */
function picture({ grid: { width, height } }: ReportCloud, valueAt: (sample: number) => number | null): ImageData {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const value = valueAt(i);
    if (value !== null) image.data.set([...mapColor(value), 255], 4 * i);
  }
  return image;
}
