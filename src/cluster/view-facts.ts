import type { View } from "../core/view.ts";
import type { PhotoRef } from "./photo-ref.ts";

/** A photo and all of its view but the pixels: what tasks tell each other of it. */
export interface ViewFacts extends Omit<View, "rgb" | "mask"> {
  readonly photo: PhotoRef;
}

/** What is to be told of a view. */
export function viewFacts({ rgb: _, mask: __, ...view }: View, photo: PhotoRef): ViewFacts {
  return { ...view, photo };
}

/** A view without its pixels, for work that finds what it needs in the store. */
export function viewWithoutPixels({ photo: _, ...facts }: ViewFacts): View {
  return { ...facts, rgb: new Uint8Array() };
}
