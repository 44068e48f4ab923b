import { z } from "zod";
import { joinPath, listFolders, readText } from "#platform";
import { InputError } from "../../core/errors.ts";
import { photoNamed } from "../../core/photo-names.ts";
import { readJson } from "../read-json.ts";
import { readTruthScene, type TruthScene } from "./truth-scene.ts";

const subsetSchema = z.object({
  id: z.string(),
  scene: z.string(),
  task: z.enum(["reconstruct", "depth", "match"]),
  size: z.string(),
  pick: z.string(),
  tier: z.string(),
  files: z.array(z.string()).min(1),
});

/** Photos of one scene that are evaluated together, and how. */
export interface Subset {
  readonly id: string;
  readonly scene: string;
  readonly task: "reconstruct" | "depth" | "match";
  /** How many photos, or `all`. */
  readonly size: string;
  /** How they were chosen. */
  readonly pick: string;
  /** `core`, or whatever is left out of short runs. */
  readonly tier: string;
  readonly files: readonly string[];
}

/** A subset with the truth about its scene. */
export interface TruthSubset {
  readonly subset: Subset;
  readonly scene: TruthScene;
}

/**
 * The subsets of a protocol file, or without one of every scene all photos (single photos one by one). `folder` holds
 * scenes, or is one.
 */
export async function readSubsets(folder: string, protocol: string | undefined): Promise<readonly TruthSubset[]> {
  const scenes = await readScenes(folder);
  if (protocol === undefined) return [...scenes.values()].flatMap((scene) => subsetsOf(scene, scene.name));
  const subsets = await readProtocol(protocol);
  return subsets.map((subset) => {
    const scene = scenes.get(subset.scene);
    if (scene === undefined) throw new InputError(`${protocol}: there is no scene ${subset.scene} in ${folder}`);
    const where = `${protocol}, ${subset.id}`;
    const names = scene.images.map(({ file }) => ({ name: file, path: file }));
    const files = subset.files.map((name) => {
      const found = photoNamed(name, names, where);
      if (found === undefined) throw new InputError(`${where}: ${subset.scene} has no ${name}`);
      return names[found]!.name;
    });
    return { subset: { ...subset, files }, scene };
  });
}

async function readScenes(folder: string): Promise<ReadonlyMap<string, TruthScene>> {
  if ((await readText(joinPath(folder, "scene.json"), 2 ** 26)) !== undefined) {
    const scene = await readTruthScene(folder);
    return new Map([[scene.name, scene]]);
  }
  const names = await listFolders(folder);
  if (names.length === 0) throw new InputError(`${folder}: neither a scene.json nor folders of scenes are in it`);
  const scenes = new Map<string, TruthScene>();
  for (const name of names) scenes.set(name, await readTruthScene(joinPath(folder, name)));
  return scenes;
}

function subsetsOf(scene: TruthScene, id: string): readonly TruthSubset[] {
  const files = scene.images.map(({ file }) => file);
  const subset = (task: Subset["task"], chosen: readonly string[]): TruthSubset => {
    const single = task === "depth";
    return {
      scene,
      subset: {
        id: single ? `${id}_depth-${chosen[0]!.replace(/\.\w+$/, "")}` : `${id}_${task === "match" ? "match" : "all"}`,
        scene: scene.name,
        task,
        size: chosen.length === 1 ? "1" : chosen.length === 2 ? "2" : "all",
        pick: scene.kind === "multiview" ? "all" : scene.kind,
        tier: "core",
        files: [...chosen],
      },
    };
  };
  if (scene.kind === "single") return files.map((file) => subset("depth", [file]));
  if (scene.kind !== "stereo") return [subset("reconstruct", files)];
  const posed = scene.images.every(({ camFromWorld }) => camFromWorld !== null);
  return [subset("match", files), ...(posed ? [subset("reconstruct", files)] : [])];
}

async function readProtocol(path: string): Promise<readonly Subset[]> {
  const { subsets } = await readJson(path, z.object({ subsets: z.array(subsetSchema) }));
  if (subsets.length === 0) throw new InputError(`${path}: lists no subsets`);
  const twice = subsets.find(({ id }, i) => subsets.findIndex((other) => other.id === id) < i);
  if (twice !== undefined) throw new InputError(`${path}: the subset ${twice.id} is listed twice`);
  return subsets;
}
