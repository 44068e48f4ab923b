/** Quarter turns clockwise by which the user rotated a photo. */
export type Turns = 0 | 1 | 2 | 3;

/** A photo on the tray. */
export interface TrayPhoto {
  readonly id: string;
  /** As it was given, never changed. */
  readonly file: File;
  readonly turns: Turns;
  /** Null for a photo that the browser cannot show. */
  readonly preview: Preview | null;
}

/** What the browser shows of a photo. */
export interface Preview {
  /** An address of a small picture, upright by its EXIF data, without the user's turns. */
  readonly address: string;
  readonly width: number;
  readonly height: number;
  /** Variance of the Laplacian of the small picture's gray values: low where it is blurred or blank. */
  readonly sharpness: number;
}

/** The photo with one more quarter turn. */
export function turned(photo: TrayPhoto): TrayPhoto {
  return { ...photo, turns: ((photo.turns + 1) % 4) as Turns };
}

/** Whether these are the same photos, turned the same way, in the same order. */
export function areSamePhotos(
  photos: readonly Pick<TrayPhoto, "id" | "turns">[],
  others: readonly Pick<TrayPhoto, "id" | "turns">[],
): boolean {
  return (
    photos.length === others.length &&
    photos.every(({ id, turns }, i) => others[i]!.id === id && others[i]!.turns === turns)
  );
}

/** The photos with one of them moved by so many places; unchanged at the ends. */
export function moved(photos: readonly TrayPhoto[], id: string, by: number): readonly TrayPhoto[] {
  const from = photos.findIndex((photo) => photo.id === id);
  const to = Math.min(photos.length - 1, Math.max(0, from + by));
  if (from < 0 || to === from) return photos;
  return photos.toSpliced(from, 1).toSpliced(to, 0, photos[from]!);
}
