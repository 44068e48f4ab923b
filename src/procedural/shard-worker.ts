import { serveRequests } from "#platform";
import { openScenery, type Scenery, type SceneryFolders } from "./assets/scenery.ts";
import { type ShardRequest, writeShard } from "./write-shard.ts";

/** What is asked of the worker process of `generateDataset`: a shard, with the same scenery every time. */
export interface ShardJob {
  readonly shard: ShardRequest;
  readonly folders: SceneryFolders;
}

let scenery: Promise<Scenery> | undefined;

serveRequests(async (request) => {
  const { shard, folders } = request as ShardJob;
  scenery ??= openScenery(folders, shard.scene.textureSize);
  await writeShard(shard, await scenery);
});
