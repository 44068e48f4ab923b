import { deflateFast, encodeJpeg, peakMemory, photoTexture, uprightPhoto } from "#platform";
import type { RunOptions } from "../core/progress.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import type { View } from "../core/view.ts";
import type { ExportKind } from "../export/export-kinds.ts";
import type { LeastConfidence } from "../export/point-filter.ts";
import { type LoadTexture, viewRegion } from "../export/texture.ts";
import { type FileSink, type WrittenScene, writeScene } from "../export/write-scene.ts";
import { straighten } from "../images/undistort.ts";
import { loadStereoPicture } from "../stereo/stereo-photo.ts";
import type { Reconstruction } from "./reconstruction.ts";
import { sceneVerdict } from "./scene-verdict.ts";

/** Pixels along the longer side of the pictures that scenes carry. */
const TEXTURE_SIDE = 1600;

/** How the files of a scene are made. */
export interface SceneFilesOptions extends RunOptions {
  /** `DEFAULT_EXPORT_KINDS` when left out. */
  readonly kinds?: readonly ExportKind[] | undefined;
  /** Pixels of less confidence become no points; `auto`, which fits the scene, when left out. */
  readonly minConfidence?: LeastConfidence | undefined;
  /** Files of points have at most so many, an even choice; all when left out. */
  readonly mostPoints?: number | undefined;
  /** Gives the built viewer page; asked only when a report is written. */
  readonly loadViewerHtml: () => Promise<string>;
}

/**
 * Writes the files of a reconstruction, wherever the sink keeps them: `scene.json` and the chosen kinds, with textures from and
 * copies of the photos where their files are known. Throws an `InputError` as `writeScene` does.
 */
export async function writeSceneFiles(
  { scene, views, files: photos, dense, warnings = [], run }: Omit<Reconstruction, "photos">,
  sink: FileSink,
  options: SceneFilesOptions,
): Promise<WrittenScene> {
  const verdict = sceneVerdict(scene, views);
  const loadPreview = (i: number, longSide: number): Promise<Uint8Array> =>
    photoTexture(photos![i]!, viewRegion(views[i]!), { longSide, change: straightenerOf(views[i]!) });
  return await writeScene(scene, views, sink, {
    ...options,
    run: { ...run, peakMemoryBytes: run.peakMemoryBytes + peakMemory() },
    encodeJpeg,
    deflate: deflateFast,
    // Surfaces and cameras show the same picture of a photo: it is made once.
    loadTexture: photos && once((i) => loadPreview(i, TEXTURE_SIDE)),
    loadPreview: photos && loadPreview,
    loadPicture:
      photos && ((i, size) => loadStereoPicture({ picture: photos[i]!, straightening: views[i]!.straightening }, size)),
    loadPhoto:
      photos &&
      ((i, format) =>
        uprightPhoto(photos[i]!, { format, sha256: views[i]!.photoHash, change: straightenerOf(views[i]!) })),
    dense,
    status: verdict.status,
    warnings: [...new Set([...warnings, ...verdict.warnings])],
  });
}

function once(load: LoadTexture): LoadTexture {
  const loaded = new Map<number, Promise<Uint8Array>>();
  return (image) => {
    const texture = loaded.get(image) ?? load(image);
    loaded.set(image, texture);
    return texture;
  };
}

/** What makes a photo's lines straight again; undefined where its lens bent none. */
function straightenerOf({ straightening }: View): ((photo: RgbImage) => RgbImage) | undefined {
  return straightening && ((photo) => straighten(photo, straightening));
}
