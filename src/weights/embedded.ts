import { joinPath, listFolders, packageFolder } from "#platform";
import type { Checkpoint } from "./checkpoint.ts";
import { openCheckpoint } from "./open-checkpoint.ts";

/** The default weights; they ship with the package. */
export const DEFAULT_MODEL = "small";

/** The license of the embedded weights: they are this project's own. */
const LICENSE = "Apache-2.0";

/** Names of the weights that ship with the package, sorted. */
export async function listEmbeddedModels(): Promise<readonly string[]> {
  return listFolders(packageFolder("models"));
}

/** Opens weights that ship with the package; undefined when none have this name. */
export async function openEmbeddedModel(name: string): Promise<Checkpoint | undefined> {
  if (!(await listEmbeddedModels()).includes(name)) return undefined;
  return openCheckpoint(joinPath(packageFolder("models"), name), { name, licence: LICENSE });
}
