import {
  cacheFolder,
  downloadFile,
  environmentVariable,
  exclusively,
  joinPath,
  listFolders,
  pathContent,
  probeFile,
  type RequestOptions,
  readText,
  writeText,
} from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import { type Logger, silentLogger } from "../core/logger.ts";
import type { RunOptions } from "../core/progress.ts";
import { formatHubId, type HubId, hubLicense } from "./hub-id.ts";

/** Where hub models come from and where they are kept. */
export interface HubOptions extends RunOptions {
  readonly logger?: Logger | undefined;
  /** Default `$HF_ENDPOINT`, else https://huggingface.co. */
  readonly endpoint?: string | undefined;
  /** An access token, for private and gated models. Default `$HF_TOKEN`. */
  readonly token?: string | undefined;
  /** Default `$DUST3R_CACHE`, else `~/.cache/dust3r`. */
  readonly cache?: string | undefined;
  /** Never ask the network. Default: whether `$HF_HUB_OFFLINE` is set. */
  readonly offline?: boolean | undefined;
  /** Ask the hub for the present state of the revision, even when an earlier one is cached. */
  readonly refresh?: boolean | undefined;
  /** Milliseconds before a failed connection is tried again; see `RequestOptions`. */
  readonly retryDelay?: number | undefined;
  /** Milliseconds of silence after which a connection has failed; see `RequestOptions`. */
  readonly patience?: number | undefined;
}

/** The files of a model, and the bytes that each has at most: the largest published one is of 2.6 GB. */
const MOST_BYTES: Readonly<Record<string, number>> = { "config.json": 2 ** 20, "model.safetensors": 2 ** 36 };
const FILES = Object.keys(MOST_BYTES);

/**
 * The folder with a hub model's `config.json` and `model.safetensors`, downloaded first unless they are cached. A
 * revision that is complete in the cache is used without asking the network. The cache holds
 * `hub/OWNER--NAME/COMMIT/` and, per revision asked for, a note of its commit.
 */
export async function pullHubModel(id: HubId, options: HubOptions = {}): Promise<string> {
  const home = modelFolder(id, options);
  const reference = joinPath(home, "refs", encodeURIComponent(id.revision));
  const commit = await readText(reference);
  if (commit !== undefined && !options.refresh && (await isComplete(joinPath(home, commit))))
    return joinPath(home, commit);

  if (options.offline ?? environmentVariable("HF_HUB_OFFLINE") !== undefined) {
    throw new InputError(`${formatHubId(id)} is not in the cache (${home}) and downloads are switched off`);
  }
  const { commit: current } = await describeFile(id, "config.json", options);
  const folder = joinPath(home, current);
  if (!(await isComplete(folder))) await pullFiles(id, current, { folder, options });
  await writeText(reference, current);
  return folder;
}

/** Ids of the hub models that are complete in the cache, sorted. */
export async function listCachedHubModels(options: Pick<HubOptions, "cache"> = {}): Promise<readonly HubId[]> {
  const hub = joinPath(options.cache ?? cacheFolder(), "hub");
  const ids: HubId[] = [];
  for (const home of await listFolders(hub)) {
    const [owner = "", name = ""] = home.split("--");
    const references = await pathContent(joinPath(hub, home, "refs"));
    for (const file of references.kind === "folder" ? [...references.files].sort() : []) {
      const commit = await readText(file);
      if (commit === undefined || !(await isComplete(joinPath(hub, home, commit)))) continue;
      ids.push({ owner, name, revision: decodeURIComponent(file.split(/[\\/]/).at(-1)!) });
    }
  }
  return ids;
}

/** The folder of a model in the cache. */
function modelFolder({ owner, name }: HubId, options: HubOptions): string {
  return joinPath(options.cache ?? cacheFolder(), "hub", `${owner}--${name}`);
}

async function isComplete(folder: string): Promise<boolean> {
  const contents = await Promise.all(FILES.map((file) => pathContent(joinPath(folder, file))));
  return contents.every(({ kind }) => kind === "file");
}

function announceLicense(id: HubId, { logger = silentLogger }: HubOptions): void {
  const license = hubLicense(id);
  if (license !== undefined) logger.warn(`${formatHubId(id)}: these weights are licensed ${license}`);
}

interface FilePull {
  readonly folder: string;
  readonly options: HubOptions;
}

/** Two processes that want one model load it once. */
async function pullFiles(id: HubId, commit: string, { folder, options }: FilePull): Promise<void> {
  const { signal, logger = silentLogger } = options;
  const onWait = (holder: string, lock: string) =>
    logger.info(
      `${formatHubId(id)} is being downloaded by ${holder}, waiting for it; if that does not run, remove ${lock}`,
    );
  await exclusively(`${folder}.lock`, { signal, onWait }, async () => {
    if (await isComplete(folder)) return;
    announceLicense(id, options);
    for (const file of FILES) await pullFile({ ...id, revision: commit }, file, { folder, options });
  });
}

async function pullFile(id: HubId, file: string, { folder, options }: FilePull): Promise<void> {
  const path = joinPath(folder, file);
  if ((await pathContent(path)).kind === "file") return;
  const { size, sha256 } = await describeFile(id, file, options);
  const { signal, onProgress } = options;
  const item = `${id.owner}/${id.name}/${file}`;
  const limit = MOST_BYTES[file]!;
  const known = { item, size, sha256, limit };
  await downloadFile(fileUrl(id, file, options), path, { ...request(options), signal, onProgress, ...known });
}

interface HubFile {
  /** Hex SHA-1 of the git commit that the revision stands for. */
  readonly commit: string;
  readonly size: number | undefined;
  /** Known for large files, which the hub names by it. */
  readonly sha256: string | undefined;
}

async function describeFile(id: HubId, file: string, options: HubOptions): Promise<HubFile> {
  const url = fileUrl(id, file, options);
  const { status, headers } = await probeFile(url, request(options));
  if (status >= 400) throw refusal(id, file, { status, code: headers.get("x-error-code") ?? "" });
  const commit = headers.get("x-repo-commit") ?? "";
  if (!/^[0-9a-f]{40}$/.test(commit)) throw new FormatError(url, "the server does not answer as a model hub does");
  const etag = (headers.get("x-linked-etag") ?? headers.get("etag") ?? "").replace(/^W\/|"/g, "");
  const size = headers.get("x-linked-size") ?? (status === 200 ? headers.get("content-length") : null);
  return {
    commit,
    size: size === null ? undefined : Number(size),
    sha256: /^[0-9a-f]{64}$/.test(etag) ? etag : undefined,
  };
}

function refusal(id: HubId, file: string, { status, code }: { status: number; code: string }): InputError {
  const label = formatHubId(id);
  if (status === 401 || status === 403) {
    const remedy =
      "check its name; if it is private or asks for consent, accept its terms on its page and set HF_TOKEN";
    return new InputError(`${label}: the hub refuses access (status ${status}): ${remedy}`);
  }
  if (code === "RevisionNotFound") return new InputError(`${label}: the hub has no such revision of this model`);
  if (code === "EntryNotFound") {
    return new InputError(`${label} holds no ${file}; a model needs ${FILES.join(" and ")} to be used from the hub`);
  }
  if (status === 404) return new InputError(`${label}: the hub has no such model`);
  return new InputError(`${label}: the hub answers with status ${status}`);
}

function fileUrl({ owner, name, revision }: HubId, file: string, { endpoint }: HubOptions): string {
  const base = endpoint ?? environmentVariable("HF_ENDPOINT") ?? "https://huggingface.co";
  if (!URL.canParse(base)) throw new InputError(`"${base}" is not the address of a model hub; check HF_ENDPOINT`);
  return `${base.replace(/\/+$/, "")}/${owner}/${name}/resolve/${encodeURIComponent(revision)}/${file}`;
}

function request(options: HubOptions): RequestOptions {
  const { token = environmentVariable("HF_TOKEN"), signal, retryDelay, patience, logger } = options;
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return { headers, signal, retryDelay, patience, onWait: (message) => logger?.info(message) };
}
