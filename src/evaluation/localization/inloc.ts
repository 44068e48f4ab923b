import { joinPath, listFolders, pathContent, readBytes, readImageHeader, readText } from "#platform";
import type { Pose } from "../../core/camera.ts";
import { FormatError, InputError } from "../../core/errors.ts";
import type { Size, View } from "../../core/view.ts";
import { parsePoseRows } from "../../formats/camera-matrices.ts";
import { readMat5, requireArray } from "../../formats/mat5.ts";
import { centeredIntrinsics, focalFromFieldOfView } from "../../geometry/camera.ts";
import { identityPose, transformPoints } from "../../geometry/pose.ts";
import { nearestSamples } from "../../maps/nearest-samples.ts";
import type { MapCamera, MapPhoto, PosedMap } from "../../maps/posed-map.ts";
import type { LocalizationScene, QueryPhoto } from "./localization-scene.ts";
import { pointsOf } from "./seven-scenes.ts";

const CUTOUTS = "database/cutouts";
/** Cutouts of the scans are 60° across. */
const CUTOUT_ANGLE = Math.PI / 3;
/** The telephone's lens is equal to 28 mm before a film of 36 mm. */
const QUERY_FOCAL = 4032 * (28 / 36);

/**
 * InLoc (Taira et al. 2018) as released: `query/iphone7/*.JPG`; `database/cutouts/DUC1/024/DUC_cutout_024_0_0.jpg` with the point
 * of every pixel in a `.mat` beside it, in the frame of its scan, and `database/alignments/DUC1/transformations/DUC_trans_024.txt`,
 * which moves it to the building's. The ground-truth poses are not public; visuallocalization.net evaluates result files.
 */
export async function inLoc(folder: string): Promise<readonly LocalizationScene[]> {
  const content = await pathContent(joinPath(folder, "query", "iphone7"));
  const files = content.kind === "folder" ? content.files.filter((file) => /\.jpe?g$/i.test(file)).sort() : [];
  if (files.length === 0) throw new InputError(`${folder}: no query/iphone7/*.JPG; InLoc is expected`);
  const queries = files.map((path): QueryPhoto => {
    const name = `query/iphone7/${path.split(/[\\/]/).at(-1)}`;
    const intrinsics = { fx: QUERY_FOCAL, fy: QUERY_FOCAL, cx: 4032 / 2, cy: 3024 / 2 };
    return { name, path, intrinsics, size: { width: 4032, height: 3024 }, truth: undefined };
  });
  const map = async (): Promise<PosedMap> => {
    const photos = await listCutouts(folder);
    return { units: "metres", photos, camera: (index) => readCutout(folder, photos[index]!) };
  };
  return [{ name: "inloc", queries, map }];
}

async function listCutouts(folder: string): Promise<readonly MapPhoto[]> {
  const cutouts: MapPhoto[] = [];
  for (const building of await listFolders(joinPath(folder, CUTOUTS))) {
    for (const scan of await listFolders(joinPath(folder, CUTOUTS, building))) {
      const content = await pathContent(joinPath(folder, CUTOUTS, building, scan));
      const files = content.kind === "folder" ? content.files.filter((file) => /\.jpe?g$/i.test(file)).sort() : [];
      const within = `${CUTOUTS}/${building}/${scan}`;
      cutouts.push(...files.map((path) => ({ name: `${within}/${path.split(/[\\/]/).at(-1)}`, path })));
    }
  }
  if (cutouts.length === 0) throw new InputError(`${folder}: no ${CUTOUTS}/DUC*/*/*.jpg; InLoc is expected`);
  return cutouts;
}

async function readCutout(folder: string, { name, path }: MapPhoto): Promise<MapCamera> {
  const [, building, scan] = /(DUC\d)\/(\d+)\/[^/]*$/.exec(name) ?? [];
  if (building === undefined || scan === undefined)
    throw new InputError(`${path}: is in no scan's folder; ${CUTOUTS}/DUC1/024/ is an example of one`);
  const alignment = joinPath(
    folder,
    `database/alignments/${building}/transformations/${building.slice(0, 3)}_trans_${scan}.txt`,
  );
  const worldFromScan = await readAlignment(alignment);
  const { width, height } = await readImageHeader(path);
  const size = { width, height };
  const intrinsics = centeredIntrinsics(size, focalFromFieldOfView(width, CUTOUT_ANGLE));
  const worldPoints = async (view: View) =>
    transformPoints(worldFromScan, await cutoutPoints(`${path}.mat`, size, view));
  // Poses of cutouts are not given; matches with their points do not need them.
  return { size, intrinsics, worldFromCam: identityPose(), worldPoints };
}

/** The matrix after the last heading "After general ICP:". */
async function readAlignment(path: string): Promise<Pose> {
  const text = await readText(path);
  if (text === undefined) throw new InputError(`${path}: there is no such file; the alignment of a scan is expected`);
  const rows = text
    .slice(text.lastIndexOf("After general ICP:"))
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter((row) => row.length === 4 && row.every(Number.isFinite));
  if (rows.length < 4) throw new FormatError(path, "a 4x4 matrix after `After general ICP:` is expected");
  return parsePoseRows(rows.slice(0, 4), path);
}

async function cutoutPoints(path: string, { width, height }: Size, view: View): Promise<Float64Array> {
  const { shape, data } = requireArray(readMat5(await readBytes(path), path), "XYZcut", path);
  if (String(shape) !== String([height, width, 3])) {
    throw new FormatError(path, `XYZcut is [${shape}]; [${height}, ${width}, 3] is expected, the size of its photo`);
  }
  const plane = height * width;
  // MATLAB keeps columns together: pixel (row, column) is number row + height * column of each coordinate.
  const points = Float64Array.from({ length: 3 * plane }, (_, i) => data[Math.floor(i / 3) + plane * (i % 3)]!);
  const nearest = nearestSamples(view, {
    count: plane,
    x: (i) => (Number.isFinite(points[3 * i]) ? Math.floor(i / height) : Number.NaN),
    y: (i) => i % height,
  });
  return pointsOf(points, nearest);
}
