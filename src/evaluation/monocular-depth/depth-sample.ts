import type { RgbImage } from "../../core/rgb-image.ts";
import type { DepthMap } from "../metrics/depth-errors.ts";

/** One photo with measured depth. */
export interface DepthSample {
  readonly id: string;
  /** A file, or pixels that are stored otherwise. */
  readonly photo: string | (() => Promise<RgbImage>);
  /** In meters, at the photo's size; 0 where nothing was measured. */
  readonly truth: () => Promise<DepthMap>;
}
