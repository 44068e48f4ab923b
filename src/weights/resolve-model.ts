import { pathContent } from "#platform";
import { InputError } from "../core/errors.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { DEFAULT_MODEL, listEmbeddedModels, openEmbeddedModel } from "./embedded.ts";
import { type HubOptions, pullHubModel } from "./hub.ts";
import { hubLicense, parseHubId } from "./hub-id.ts";
import { openCheckpoint } from "./open-checkpoint.ts";

/**
 * Opens weights by name: embedded ones by name, a file or folder by path, or a hub id (`owner/name[@revision]`),
 * downloaded on first use; in this order. Throws an `InputError` that says what was tried.
 */
export async function resolveModel(name: string = DEFAULT_MODEL, options: HubOptions = {}): Promise<Checkpoint> {
  const embedded = await openEmbeddedModel(name);
  if (embedded !== undefined) return embedded;
  if ((await pathContent(name)).kind !== "missing") return openCheckpoint(name);
  const id = parseHubId(name);
  if (id !== undefined) return openCheckpoint(await pullHubModel(id, options), { name, licence: hubLicense(id) });
  const known = (await listEmbeddedModels()).join(", ");
  throw new InputError(
    `model "${name}" was not found: no embedded weights of that name (there is: ${known}), no file or folder at that ` +
      "path, and not a hub id such as naver/DUSt3R_ViTLarge_BaseDecoder_512_dpt",
  );
}
