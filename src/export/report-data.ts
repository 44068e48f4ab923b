import type { Intrinsics } from "../core/camera.ts";
import type { Size } from "../core/view.ts";
import type { SceneJson, SceneJsonImage } from "../scene-file/scene-format.ts";
import type { Rgb } from "./image-color.ts";

/** Where the page's program leaves room for its data. */
export const REPORT_DATA_MARK = "__DUST3R_REPORT_DATA__";

/**
 * What the report page holds beside its program, as JSON: what `scene.json` says, and what it takes to draw the scene. The
 * contract between `export/report.ts` and `viewer/`.
 */
export interface ReportData extends Omit<SceneJson, "images"> {
  readonly images: readonly ReportImage[];
  /** The confidence of code 255, the network's greatest. */
  readonly max_confidence: number;
  /** Whether depth is measured between photos where its code is `MEASURED_CODE`; otherwise all of it is the network's. */
  readonly measured: boolean;
  /** In the scene's units. */
  readonly frustum_depth: number;
  /** Points of the whole scene; the page may hold fewer. */
  readonly total_points: number;
}

/** One photo of the page. */
export interface ReportImage extends SceneJsonImage {
  /** What `K` says. */
  readonly intrinsics: Intrinsics;
  readonly color: Rgb;
  /** JPEG of the cloud's samples, base64: the colors of the points. */
  readonly photo: string;
  /** JPEG of what the view shows of the photo, base64, in more pixels than `photo`; left out where there are none. */
  readonly picture?: string | undefined;
  /**
   * Where the photo shows points that it shares with others, base64 of `[count, 3]` Uint16 little-endian: x and y as shares of
   * `SHARE_CODE` of the network's image, and the reprojection error in hundredths of an original pixel.
   */
  readonly tracks: string;
  /** Null when the photo is not registered. */
  readonly cloud: ReportCloud | null;
}

/** A photo's pixels as points: sampled pixel (column, row) is pixel `(gridPixel(column), gridPixel(row))` of what the view shows. */
export interface ReportCloud {
  /** Sampled columns and rows; the photo's JPEG has as many. */
  readonly grid: Size;
  /** Pixels from one sample to the next, at least 1. */
  readonly step: number;
  /** The view's size and intrinsics, in the network's pixels or in those of measured depth. */
  readonly network: Size;
  readonly intrinsics: Intrinsics;
  /** Row-major. */
  readonly world_from_cam: readonly number[];
  /** Depths of codes 1 and 65535. */
  readonly depth_range: readonly [number, number];
  /** Uint16 codes `[grid.height, grid.width]` little-endian, base64; 0 where there is no depth. */
  readonly depth: string;
  /** Uint8 codes `[grid.height, grid.width]`, base64. */
  readonly confidence: string;
}

/** The code of the right or lower border of an image, whose left and upper border have 0. */
export const SHARE_CODE = 65535;

/** The network pixel that a sample stands for. */
export function gridPixel(sample: number, step: number): number {
  return Math.floor((sample + 0.5) * step);
}

/** The confidence code of measured depth, where the page has any: above all of the network's. */
export const MEASURED_CODE = 255;

const LARGEST_DEPTH_CODE = 65535;

/** The code of a depth: logarithmic, so that near and far keep the same relative precision. */
export function depthCode(depth: number, [nearest, farthest]: readonly [number, number]): number {
  if (!(depth > 0)) return 0;
  if (farthest <= nearest) return 1;
  return 1 + Math.round((LARGEST_DEPTH_CODE - 1) * (Math.log(depth / nearest) / Math.log(farthest / nearest)));
}

/** The depth of a code; 0 for code 0. */
export function depthOfCode(code: number, [nearest, farthest]: readonly [number, number]): number {
  return code === 0 ? 0 : nearest * (farthest / nearest) ** ((code - 1) / (LARGEST_DEPTH_CODE - 1));
}

/** The code of a confidence of at least 1, logarithmic; rounded down, so that a bar set by its code drops no pixel. */
export function confidenceCode(confidence: number, maxConfidence: number): number {
  if (maxConfidence <= 1) return 255;
  return Math.min(255, Math.max(0, Math.floor((255 * Math.log(confidence)) / Math.log(maxConfidence))));
}

/** The confidence at which a code begins. */
export function confidenceOfCode(code: number, maxConfidence: number): number {
  return maxConfidence ** (code / 255);
}
