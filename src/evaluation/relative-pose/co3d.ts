import { z } from "zod";
import { joinPath, listFolders, openFile } from "#platform";
import type { Pose } from "../../core/camera.ts";
import { FormatError, InputError } from "../../core/errors.ts";
import { parsePoseRows } from "../../formats/camera-matrices.ts";
import { readJsonArray } from "../../formats/json-array.ts";
import { checkJson, readJson } from "../read-json.ts";
import type { PosedPhoto, PosedSequence } from "./posed-sequence.ts";

/** The categories that PoseDiffusion, and RelPose before it, evaluate as seen in training. */
const CATEGORIES: ReadonlySet<string> = new Set(
  (
    "apple backpack banana baseballbat baseballglove bench bicycle bottle bowl broccoli cake car carrot cellphone chair cup " +
    "donut hairdryer handbag hydrant keyboard laptop microwave motorcycle mouse orange parkingmeter pizza plant stopsign " +
    "teddybear toaster toilet toybus toyplane toytrain toytruck tv umbrella vase wineglass"
  ).split(" "),
);

const LIST = "set_lists/set_lists_fewview_dev.json";
const listSchema = z.object({ test: z.array(z.tuple([z.string(), z.number(), z.string()])) });
const frameSchema = z.object({
  sequence_name: z.string(),
  frame_number: z.number(),
  image: z.object({ path: z.string() }),
  viewpoint: z.object({ R: z.array(z.array(z.number())), T: z.array(z.number()) }).nullable(),
});

/** CO3Dv2 (Reizenstein et al. 2021): the test sequences of the few-view development set of the 41 categories. */
export async function co3dSequences(folder: string): Promise<readonly PosedSequence[]> {
  const categories = (await listFolders(folder)).filter((name) => CATEGORIES.has(name));
  if (categories.length === 0) {
    throw new InputError(
      `${folder}: none of CO3Dv2's categories are in it (apple, backpack, …); they are expected as folders`,
    );
  }
  const sequences: PosedSequence[] = [];
  for (const category of categories) sequences.push(...(await categorySequences(folder, category)));
  return sequences;
}

async function categorySequences(folder: string, category: string): Promise<readonly PosedSequence[]> {
  const list = joinPath(folder, category, LIST);
  const { test } = await readJson(list, listSchema);
  const names = new Set(test.map(([sequence]) => sequence));
  if (names.size === 0) throw new InputError(`${list}: its test split is empty`);
  const path = joinPath(folder, category, "frame_annotations.jgz");
  const photos = new Map<string, PosedPhoto[]>();
  const seen = new Set<string>();
  for await (const frame of readFrames(path)) {
    if (!names.has(frame.sequence_name) || frame.viewpoint === null) continue;
    const { R, T } = frame.viewpoint;
    const where = `${path}, ${frame.sequence_name} frame ${frame.frame_number}`;
    const photo = { photo: joinPath(folder, frame.image.path), camFromWorld: openCvPose(R, T, where) };
    if (seen.has(frame.image.path)) throw new FormatError(where, `${frame.image.path} is listed twice`);
    seen.add(frame.image.path);
    photos.set(frame.sequence_name, [...(photos.get(frame.sequence_name) ?? []), photo]);
  }
  return [...names]
    .sort()
    .map((name) => ({ id: `${category}/${name}`, group: category, photos: photos.get(name) ?? [] }));
}

/** PyTorch3D multiplies rows, x_cam = x_world R + T, and has x to the left and y up. */
function openCvPose(R: readonly (readonly number[])[], T: readonly number[], where: string): Pose {
  const row = (sign: number, k: number) => [
    ...[0, 1, 2].map((i) => sign * (R[i]?.[k] ?? Number.NaN)),
    sign * (T[k] ?? Number.NaN),
  ];
  return parsePoseRows([row(-1, 0), row(-1, 1), row(1, 2), [0, 0, 0, 1]], where);
}

async function* readFrames(path: string): AsyncGenerator<z.infer<typeof frameSchema>> {
  const file = await openFile(path);
  try {
    for await (const entry of readJsonArray(file)) yield checkJson(frameSchema, entry, path);
  } finally {
    await file.close();
  }
}
