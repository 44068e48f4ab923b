import type { Distortion } from "./lens.ts";
import type { ByPhoto } from "./photo-names.ts";
import type { Size } from "./size.ts";

/** What is known of a lens, in original pixels; without a principal point it is taken to be the middle of the photo. */
export interface KnownLens {
  readonly fx: number;
  readonly fy: number;
  /** Set when these are in widths of the photo, as fields of view give them. */
  readonly inWidths?: boolean | undefined;
  readonly principalPoint: readonly [x: number, y: number] | undefined;
  /** Of the photos that it is for. */
  readonly size?: Size | undefined;
  readonly distortion?: Distortion | undefined;
  /** Set when the photo may also be a copy of another size. */
  readonly ofCopies?: boolean | undefined;
}

/** Lenses of photos. */
export interface KnownLenses {
  /** That of every photo that `byPhoto` does not name. */
  readonly shared: KnownLens | undefined;
  readonly byPhoto: ByPhoto<KnownLens>;
  /** The file that says so, for errors. */
  readonly source?: string | undefined;
}
