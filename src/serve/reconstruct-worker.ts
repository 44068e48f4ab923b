import { setPriority } from "node:os";
import { readBytes, readImageHeader, serveRequests } from "#platform";
import { InputError, isUserError } from "../core/errors.ts";
import { silentLogger } from "../core/logger.ts";
import type { NamedBytes } from "../core/picture.ts";
import { uniqueNames } from "../images/unique-names.ts";
import { reconstruct } from "../pipeline/reconstruct.ts";
import { openSceneFolder } from "../pipeline/scene-folder.ts";
import type { JobProgress } from "./job.ts";
import type { JobOutcome, ReconstructRequest } from "./job-runner.ts";

/** Below the server, which must answer whatever is computed. */
const NICE = 10;

setPriority(NICE);
serveRequests((message, tell) => work(message as ReconstructRequest, tell));

async function work(request: ReconstructRequest, tell: (progress: JobProgress) => void): Promise<JobOutcome> {
  const { photos, output, options, mostPixels, model } = request;
  const pictures = await Promise.all(
    photos.map(async ({ path, label }) => ({ name: label, bytes: await readBytes(path) })),
  );
  await requireSizes(pictures, mostPixels);
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (warning: string) => void warnings.push(warning) };
  const {
    pairs,
    align,
    refine,
    dense,
    seed,
    skip_broken: skipBroken,
    export: kinds,
    min_confidence: minConfidence,
  } = options;
  const run = { logger, onProgress: tell };
  await using folder = await openSceneFolder(output);
  await folder.claim({ names: uniqueNames(pictures.map(({ name }) => name)), inputs: [], kinds });
  const locating = minConfidence === "auto" ? undefined : minConfidence;
  const scene = { pairs, align, refine, dense, seed, skipBroken, minConfidence: locating, store: folder.store };
  const result = await reconstruct(pictures, { ...model, ...scene, ...run });
  const { sceneJson, warnings: doubts } = await folder.write(result, { kinds, minConfidence, ...run });
  return {
    status: sceneJson.status,
    registered: sceneJson.images.filter(({ registered }) => registered).length,
    warnings: [...new Set([...warnings, ...doubts])],
  };
}

/** Refuses photos of too many pixels; those that cannot be read are told of all together when they are loaded. */
async function requireSizes(pictures: readonly NamedBytes[], most: number): Promise<void> {
  for (const picture of pictures) {
    const size = await readImageHeader(picture).catch((error: unknown) => {
      if (!isUserError(error)) throw error;
    });
    if (size === undefined || size.width * size.height <= most) continue;
    const found = `${size.width}x${size.height} pixels`;
    throw new InputError(`${picture.name}: ${found}, at most ${most / 1e6} million are taken here; reduce it first`);
  }
}
