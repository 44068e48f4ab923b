import { InputError } from "../core/errors.ts";
import type { Size } from "../core/view.ts";

/** Up to so many times the size they were trained at, the networks that were tried still work. */
const LARGEST = 4;
/** Beyond these shares of it, their focal lengths and depths degrade. */
const TRUSTED = { least: 0.5, most: 1.5 };

/** The size of views, and a reason to doubt it. */
export interface ViewSize {
  /** Pixels along the long side. */
  readonly size: number;
  /** A sentence for the user; undefined where nothing does. */
  readonly warning: string | undefined;
}

/** The size asked for, or that a network was trained at; an `InputError` for one far beyond that. */
export function viewSize({ imageSize }: { readonly imageSize: Size }, asked?: number): ViewSize {
  const trained = Math.max(imageSize.width, imageSize.height);
  const size = asked ?? trained;
  const most = LARGEST * trained;
  if (size > most) {
    throw new InputError(
      `size ${size}: this network was trained at ${trained} pixels and does not work above ${most}`,
      { remedies: ["size"] },
    );
  }
  if (size >= TRUSTED.least * trained && size <= TRUSTED.most * trained) return { size, warning: undefined };
  return {
    size,
    warning: `This network was trained at ${trained} pixels: at ${size} its focal lengths and depths may be far off.`,
  };
}
