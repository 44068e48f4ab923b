import { InputError } from "../../core/errors.ts";
import { openScenery, type Scenery, type SceneryFolders, sceneryHash } from "../../procedural/assets/scenery.ts";
import { type ShardContent, shardBytes } from "../../procedural/write-shard.ts";
import { putByContent } from "../stored-priors.ts";
import type { TaskKind } from "../task-kind.ts";

/** A shard of procedural scenes that is to be drawn. */
export interface GenerateScenesInput {
  readonly shard: ShardContent;
  /** Where scenery is found, on every machine. */
  readonly folders: SceneryFolders;
  /** Of `sceneryHash`: what is found there. */
  readonly scenery: string;
}

/** Open from the task before. */
let open: { readonly key: string; readonly scenery: Promise<Scenery> } | undefined;

/** A shard of procedural scenes, left in the store; the answer is its key. */
export const generateScenes: TaskKind<GenerateScenesInput, string> = {
  name: "generate",
  stage: "generate",
  version: 1,
  items: ({ shard }) => shard.count,
  photos: ({ shard: { first, count } }) => [`scenes ${first} to ${first + count - 1}`],
  async run({ shard, folders, scenery: expected }, { store }) {
    const key = JSON.stringify([folders, expected, shard.scene.textureSize]);
    if (open?.key !== key) {
      if ((await sceneryHash(folders)) !== expected) {
        const places = [folders.assets, folders.textures].filter((folder) => folder !== undefined).join(" and ");
        throw new InputError(`${places}: holds other scenery here than where the work was given`);
      }
      open = { key, scenery: openScenery(folders, shard.scene.textureSize) };
    }
    const entries: Uint8Array[] = [];
    for await (const bytes of shardBytes(shard, await open.scenery)) entries.push(bytes);
    return await putByContent(store, "shard", Buffer.concat(entries));
  },
};
