import { joinPath, listFolders, pathContent } from "#platform";
import { InputError } from "../../core/errors.ts";
import { readTruthScene } from "../photos/truth-scene.ts";
import type { PosedSequence } from "./posed-sequence.ts";

/**
 * Photos of one's own as sequences: `folder` has a `scene.json`, or holds folders that have one each. Only photos with a pose
 * take part; a scene of which fewer are left than are needed cannot be measured.
 */
export async function sceneSequences(folder: string): Promise<readonly PosedSequence[]> {
  const hasScene = async (path: string) => (await pathContent(joinPath(path, "scene.json"))).kind === "file";
  const folders: string[] = [];
  if (await hasScene(folder)) folders.push(folder);
  else {
    const inside = (await listFolders(folder)).map((name) => joinPath(folder, name));
    for (const path of inside) if (await hasScene(path)) folders.push(path);
  }
  if (folders.length === 0) throw new InputError(`${folder}: neither a scene.json nor folders of scenes are in it`);
  return Promise.all(folders.map(readSequence));
}

async function readSequence(path: string): Promise<PosedSequence> {
  const { folder, name, images } = await readTruthScene(path);
  const photos = images.flatMap(({ file, camFromWorld }) =>
    camFromWorld === null ? [] : [{ photo: joinPath(folder, file), camFromWorld }],
  );
  return { id: name, group: "", photos };
}
