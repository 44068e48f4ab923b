import { isUserError } from "../core/errors.ts";
import type { NetworkConfig } from "../network/config.ts";
import type { Checkpoint, WeightElementType } from "./checkpoint.ts";
import { listEmbeddedModels, openEmbeddedModel } from "./embedded.ts";
import { type HubOptions, listCachedHubModels, pullHubModel } from "./hub.ts";
import { formatHubId, hubLicense } from "./hub-id.ts";
import { openCheckpoint } from "./open-checkpoint.ts";

/** A description of weights for the user. */
export interface ModelDescription {
  readonly name: string;
  /** The file that holds them. */
  readonly path: string;
  /** Bytes of that file. */
  readonly byteLength: number;
  /** Numbers that the network reads. */
  readonly parameters: number;
  /** Number formats of the tensors, the most frequent first. */
  readonly dtypes: readonly WeightElementType[];
  readonly config: NetworkConfig;
  /** Undefined where it is not known. */
  readonly licence: string | undefined;
  readonly notes: readonly string[];
}

/** Sums up opened weights. */
export function describeModel(checkpoint: Checkpoint): ModelDescription {
  const { name, path, byteLength, config, licence, notes } = checkpoint;
  const counts = new Map<WeightElementType, number>();
  let parameters = 0;
  for (const { dtype, shape } of checkpoint.tensors.values()) {
    counts.set(dtype, (counts.get(dtype) ?? 0) + 1);
    parameters += shape.reduce((product, size) => product * size, 1);
  }
  const dtypes = [...counts].sort(([, a], [, b]) => b - a).map(([dtype]) => dtype);
  return { name, path, byteLength, parameters, dtypes, config, licence, notes };
}

/** All weights on this machine that can be used by name alone: the embedded ones, then what was pulled from the hub. */
export async function listModels(options: Pick<HubOptions, "cache"> = {}): Promise<readonly ModelDescription[]> {
  const models: ModelDescription[] = [];
  for (const name of await listEmbeddedModels()) models.push(describeModel((await openEmbeddedModel(name))!));
  for (const id of await listCachedHubModels(options)) {
    const folder = await pullHubModel(id, { ...options, offline: true });
    try {
      models.push(describeModel(await openCheckpoint(folder, { name: formatHubId(id), licence: hubLicense(id) })));
    } catch (error) {
      // Pulled, but of a kind that this network cannot use; naming it as the model says why.
      if (!isUserError(error)) throw error;
    }
  }
  return models;
}
