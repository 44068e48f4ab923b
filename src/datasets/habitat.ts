import { decodeImage, joinPath, pathContent, readText } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import { randomInteger } from "../core/random.ts";
import { parseCalibrationRows, parsePoseRows } from "../formats/camera-matrices.ts";
import { parsePythonJson } from "../formats/python-json.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import { checkedView, type PhotoCamera } from "./checked-view.ts";
import type { Dataset, Split } from "./dataset.ts";
import { readExrDepth } from "./read-depth.ts";

/** Views of a location; the first of them overlaps every other. */
const VIEWS = 5;
const MOST_LIST_BYTES = 2 ** 28;

/**
 * Habitat renderings (Savva et al. 2019; Weinzaepfel et al. 2022), as rendered for training in PyTorch: per location
 * `KEY_1.jpeg` … `KEY_5.jpeg`, each with `_depth.exr` and `_camera_params.json`, and a list of locations,
 * `Habitat_SIZE_scenes_train.txt` or `…_val.txt`. A pair is the first view of a location and one of the others, at random.
 */
export async function openHabitat(folder: string, split: Split): Promise<Dataset> {
  const { list, locations, notes } = await readLocations(folder, split);
  const nameOf = (frame: number): string => `${locations[Math.floor(frame / VIEWS)]}_${(frame % VIEWS) + 1}`;
  return {
    name: "habitat",
    scenes: new Set(locations.map((location) => location.slice(0, location.lastIndexOf("/")))).size,
    frames: VIEWS * locations.length,
    pairs: locations.length,
    notes: notes.map((note) => `${list}: ${note}`),
    frameName: nameOf,
    readFrame: (frame) => readView(joinPath(folder, nameOf(frame))),
    choosePair: (pair, random) => [VIEWS * pair, VIEWS * pair + 1 + randomInteger(random, VIEWS - 1)],
    substitutes(frame) {
      const first = frame - (frame % VIEWS);
      return Array.from({ length: VIEWS - 1 }, (_, k) => first + ((frame - first + 1 + k) % VIEWS));
    },
  };
}

interface Locations {
  readonly list: string;
  readonly locations: readonly string[];
  readonly notes: readonly string[];
}

/** Of several lists the longest: they are cut from one another. */
async function readLocations(folder: string, split: Split): Promise<Locations> {
  const pattern = split === "train" ? /Habitat_\w+_scenes_train\.txt$/ : /Habitat_\w+_scenes_val\.txt$/;
  const content = await pathContent(folder);
  const lists = content.kind === "folder" ? content.files.filter((path) => pattern.test(path)).sort() : [];
  const expected = `Habitat_SIZE_scenes_${split === "train" ? "train" : "val"}.txt`;
  if (lists.length === 0) throw new InputError(`${folder}: there is no list of locations; ${expected} is expected`);
  let longest: { list: string; lines: readonly string[] } = { list: lists[0]!, lines: [] };
  for (const list of lists) {
    const text = await readText(list, MOST_LIST_BYTES);
    const lines = (text ?? "")
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== "");
    if (lines.length > longest.lines.length) longest = { list, lines };
  }
  const { list, lines } = longest;
  if (lines.length === 0) throw new InputError(`${list}: it lists no locations`);
  const locations = [...new Set(lines)];
  const repeated = lines.length - locations.length;
  const notes = repeated > 0 ? [`${repeated} locations that are listed twice are left out`] : [];
  return { list, locations, notes };
}

async function readView(stem: string): Promise<RgbdView> {
  const camera = await readCamera(`${stem}_camera_params.json`);
  const depth = await readExrDepth(`${stem}_depth.exr`);
  return checkedView(await decodeImage(`${stem}.jpeg`), depth, camera, `${stem}.jpeg`);
}

async function readCamera(path: string): Promise<PhotoCamera> {
  const text = await readText(path);
  if (text === undefined) throw new InputError(`${path}: there is no such file; the photo's camera is expected`);
  const value = parsePythonJson(path, text) as Record<string, unknown>;
  const { R_cam2world: rotation, t_cam2world: translation } = value;
  if (!Array.isArray(rotation) || !Array.isArray(translation)) {
    throw new FormatError(path, "expected camera_intrinsics, R_cam2world and t_cam2world");
  }
  const rows = rotation.map((row, k) => (Array.isArray(row) ? [...row, translation.flat()[k]] : row));
  return {
    intrinsics: parseCalibrationRows(value.camera_intrinsics, path),
    worldFromCam: parsePoseRows(rows, path),
  };
}
