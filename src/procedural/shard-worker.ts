import { serveRequests } from "#platform";
import { type ShardRequest, writeShard } from "./write-shard.ts";

/** The worker process of `generateDataset`: every request is one shard. */
serveRequests((request) => writeShard(request as ShardRequest));
