import { decodeImage, encodeJpeg, joinPath, listFolders, pathContent, readBytes, readText } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import type { Lens } from "../core/lens.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import type { Size } from "../core/view.ts";
import { colmapLens } from "../formats/colmap/distortion.ts";
import { decodePlyMesh } from "../formats/ply-mesh.ts";
import { encodePng16 } from "../formats/png16.ts";
import { pinholeWithin } from "../geometry/lens.ts";
import { undistort } from "../images/undistort.ts";
import { geometryPart, type PartedGeometry } from "../procedural/geometry-part.ts";
import { rasterize } from "../procedural/rasterize.ts";
import { coveringSize } from "../rgbd/resize-view.ts";
import type { PosedCamera } from "../rgbd/rgbd-view.ts";
import { checkedView } from "./checked-view.ts";
import { type ColmapPhoto, readColmapPhotos } from "./colmap-cameras.ts";
import { MILLIMETER } from "./metadata-set.ts";
import { type PreparationReport, type SkippedFrame, writeFile } from "./prepare-frames.ts";
import { type MetadataJob, prepareMetadataSet } from "./prepare-metadata-set.ts";
import type { PrepareOptions } from "./prepare-options.ts";

/** Prepared photos are at least this large, as published. */
const LEAST_SIZE = { width: 920, height: 690 };
/** Depth of the scan nearer or farther than this is not used, in meters. */
const [NEAREST, FARTHEST] = [0.05, 20];
/** Of 255: less in a mask means that the pixel was made unrecognizable. */
const LEAST_MASK = 250;
const TRAINING_LIST = ["splits", "nvs_sem_train.txt"];

/** The two devices that photographed a scene: their folders of models, photos and masks. */
const DEVICES = [
  { model: ["dslr", "colmap"], photos: ["dslr", "resized_images"], masks: ["dslr", "resized_anon_masks"] },
  { model: ["iphone", "colmap"], photos: ["iphone", "rgb"], masks: ["iphone", "rgb_masks"] },
] as const;

/**
 * Makes ScanNet++'s release ready for training, in the layout that `openScanNetpp` reads: photos of both devices without
 * their lenses' distortion, depth rendered from the scanned mesh. Scenes are those of `splits/nvs_sem_train.txt`, or all
 * without it; photos and pairs those of the published lists where `options.pairs` is their folder, otherwise up to 200
 * photos a scene, and pairs by overlap. A run that was cut off goes on.
 */
export async function prepareScanNetpp(from: string, to: string, options: PrepareOptions): Promise<PreparationReport> {
  const scenes = await scenesOf(from);
  if (scenes.length === 0) throw new InputError(`${from}: there are no scenes in it (data/SCENE)`);
  return prepareMetadataSet(
    to,
    {
      scenes,
      photos: async (scene) => [...(await photosOf(joinPath(from, "data", scene))).keys()].sort(),
      jobs: (scene, photos) => jobsOf(joinPath(from, "data", scene), joinPath(to, scene), scene, photos),
    },
    options,
  );
}

async function scenesOf(folder: string): Promise<readonly string[]> {
  const present = await listFolders(joinPath(folder, "data"));
  const list = await readText(joinPath(folder, ...TRAINING_LIST));
  if (list === undefined) return present;
  const listed = new Set(list.split(/\s+/).filter((name) => name !== ""));
  return present.filter((scene) => listed.has(scene));
}

/** A photo of the release: its files, and where it was taken. */
interface ReleasedPhoto extends ColmapPhoto {
  readonly photo: string;
  readonly mask: string;
  /** The model that it is in, for errors. */
  readonly model: string;
}

/** The photos of a scene by their names without endings; a device that is not there has none. */
async function photosOf(scene: string): Promise<ReadonlyMap<string, ReleasedPhoto>> {
  const photos = new Map<string, ReleasedPhoto>();
  for (const device of DEVICES) {
    const model = joinPath(scene, ...device.model);
    if ((await pathContent(model)).kind === "missing") continue;
    for (const [path, taken] of await readColmapPhotos(model)) {
      const file = path.replace(/^.*\//, "");
      const name = file.replace(/\.[^.]*$/, "");
      const mask = joinPath(scene, ...device.masks, `${name}.png`);
      photos.set(name, { ...taken, photo: joinPath(scene, ...device.photos, file), mask, model });
    }
  }
  return photos;
}

async function jobsOf(
  from: string,
  to: string,
  scene: string,
  names: readonly string[],
): Promise<{ jobs: MetadataJob[]; skipped: SkippedFrame[] }> {
  const jobs: MetadataJob[] = [];
  const skipped: SkippedFrame[] = [];
  const photos = await photosOf(from);
  let mesh: Promise<PartedGeometry> | undefined;
  const meshOf = (): Promise<PartedGeometry> => (mesh ??= readMesh(joinPath(from, "scans", "mesh_aligned_0.05.ply")));
  for (const image of names) {
    const name = `${scene}/${image}`;
    const released = photos.get(image);
    if (released === undefined) skipped.push({ frame: name, problem: `${from}: no model has the photo ${image}` });
    else jobs.push(jobOf(released, { name, image, to, meshOf }));
  }
  return { jobs, skipped };
}

interface ScanNetppTarget {
  readonly name: string;
  readonly image: string;
  readonly to: string;
  readonly meshOf: () => Promise<PartedGeometry>;
}

function jobOf(released: ReleasedPhoto, { name, image, to, meshOf }: ScanNetppTarget): MetadataJob {
  const lens = colmapLens(released.camera, released.model);
  const size = coveringSize(lens, LEAST_SIZE);
  const camera = { ...size, intrinsics: pinholeWithin(lens, size), worldFromCam: released.worldFromCam };
  const finished = joinPath(to, "depth", `${image}.png`);
  return {
    name,
    image,
    finished,
    camera,
    async run() {
      const picture = undistort(await readSized(released.photo, lens), lens, size, camera.intrinsics);
      const mask = await readMask(released.mask, lens, camera);
      const depth = renderDepth(await meshOf(), camera).map((z, i) => (mask === undefined || mask[i]! ? z : 0));
      const view = checkedView(picture, { ...size, depth }, camera, released.photo);
      const data = Uint16Array.from(view.depth, (z) => Math.round(z / MILLIMETER));
      await writeFile(joinPath(to, "images", `${image}.jpg`), await encodeJpeg(view));
      await writeFile(finished, await encodePng16({ ...size, data }));
    },
  };
}

async function readSized(path: string, lens: Size): Promise<RgbImage> {
  const picture = await decodeImage(path);
  if (picture.width === lens.width && picture.height === lens.height) return picture;
  const found = `found ${picture.width}x${picture.height} pixels`;
  throw new FormatError(path, `${found}; its camera took ${lens.width}x${lens.height}`);
}

/** Whether each pixel may be used, `[height, width]`; undefined where the release has no mask of the photo. */
async function readMask(path: string, lens: Lens, camera: PosedCamera): Promise<Uint8Array | undefined> {
  if ((await pathContent(path)).kind === "missing") return undefined;
  const { rgb } = undistort(await decodeImage(path, { maskOf: lens }), lens, camera, camera.intrinsics);
  return Uint8Array.from({ length: rgb.length / 3 }, (_, i) => (rgb[3 * i]! >= LEAST_MASK ? 1 : 0));
}

async function readMesh(path: string): Promise<PartedGeometry> {
  const { positions, triangles } = decodePlyMesh(await readBytes(path), path);
  const all = { firstVertex: 0, endVertex: positions.length / 3, firstTriangle: 0, endTriangle: triangles.length / 3 };
  return { positions, triangles, parts: [geometryPart(positions, all)] };
}

/** Depth of the scan as a camera sees it, from either side of its surfaces; 0 where there is none. */
function renderDepth(mesh: PartedGeometry, camera: PosedCamera): Float32Array {
  const { inverseDepth } = rasterize(mesh, camera, true);
  return Float32Array.from(inverseDepth, (inverse) => {
    const z = 1 / inverse;
    return z >= NEAREST && z <= FARTHEST ? z : 0;
  });
}
