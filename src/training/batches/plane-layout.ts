import type { Size } from "../../core/view.ts";
import type { NetworkConfig } from "../../network/config.ts";
import { type PatchGrid, tokenCount } from "../../network/tokens.ts";

/** How the pixels of a head's output are grouped: `[patches, channels, pixels]` per image. */
export interface PlaneShape {
  readonly patches: number;
  readonly pixels: number;
}

/** A linear head predicts patch by patch, others image by image. */
export function planeShape({ head, patchSize }: NetworkConfig, grid: PatchGrid): PlaneShape {
  const [tokens, pixels] = [tokenCount(grid), patchSize ** 2];
  return head.kind === "linear" ? { patches: tokens, pixels } : { patches: 1, pixels: tokens * pixels };
}

/** The part of an image that one of these groups covers. */
export function planeBlock({ head, patchSize }: NetworkConfig, { width, height }: Size): Size {
  return head.kind === "linear" ? { width: patchSize, height: patchSize } : { width, height };
}
