import { InputError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";
import { mismatch } from "../platform/browser/download.ts";
import { packageFolder } from "../platform/browser/environment.ts";
import { provideFile } from "../platform/browser/files.ts";
import { cachedUrl, loadUrl } from "./cached-url.ts";
import type { SentModelSource } from "./model-source.ts";

/** Makes the files of a model known to this worker and gives the name by which `openModel` finds them. */
export async function provideModel(source: SentModelSource, run: RunOptions): Promise<string> {
  if (source.kind === "hub") return source.id;
  const { packaged, weights, sha256 } = source;
  const content = typeof weights === "string" ? await cachedUrl(weights, { ...run, sha256 }) : weights;
  const name = fileName(weights);
  if (typeof weights !== "string" && sha256 !== undefined) {
    const problem = await mismatch(weights, { sha256 });
    if (problem !== undefined) throw new InputError(`${name}: ${problem}`);
  }
  const config = await configOf(source, run);
  const folder = packaged === undefined ? "/model" : `${packageFolder("models")}/${packaged}`;
  const path = `${folder}/${packaged === undefined ? name : "model.safetensors"}`;
  provideFile(path, content);
  if (config !== undefined) provideFile(`${folder}/config.json`, config);
  return packaged ?? path;
}

async function configOf(
  { weights, config }: Extract<SentModelSource, { kind: "files" }>,
  { signal }: RunOptions,
): Promise<Blob | undefined> {
  if (config instanceof Blob) return config;
  if (config !== undefined) return await loadUrl(config, { signal });
  if (typeof weights !== "string" || !/\.safetensors(\?|#|$)/.test(weights)) return undefined;
  // There need not be one: the weights' shapes tell most of it. Some servers answer with their page then.
  const beside = await loadUrl(new URL("config.json", weights).href, { signal }).catch(() => undefined);
  signal?.throwIfAborted();
  return beside?.type.startsWith("text/html") ? undefined : beside;
}

function fileName(weights: Blob | string): string {
  if (typeof weights === "string") return decodeURIComponent(new URL(weights).pathname.split("/").at(-1)!);
  return weights instanceof File ? weights.name : "model";
}
