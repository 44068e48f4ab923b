import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readText, writeText } from "#platform";
import { InputError } from "../core/errors.ts";
import { makeFolder } from "../platform/node/make-folder.ts";
import { JOB_RECORD, type JobRecord, type ResultFile } from "./job.ts";

/** A record names every file of a scene. */
const RECORD_LIMIT = 16 * 2 ** 20;

/**
 * Jobs on disk: `jobs/ID/` with `job.json`, `photos/` until it is finished, and `result/`. A job appears there when all of it has
 * arrived and disappears in one step, so that whatever ends the server leaves whole jobs.
 */
export class JobFolders {
  readonly #jobs: string;
  readonly #passing: string;

  private constructor(root: string) {
    this.#jobs = join(root, "jobs");
    this.#passing = join(root, "passing");
  }

  /** Opens a folder of jobs, making it if need be; what was on its way in or out is removed. */
  static async open(root: string): Promise<JobFolders> {
    const folders = new JobFolders(root);
    await rm(folders.#passing, { recursive: true, force: true });
    await makeFolder(folders.#passing);
    await makeFolder(folders.#jobs);
    return folders;
  }

  /** Every job, the oldest first; an `InputError` where one cannot be read. */
  async load(): Promise<JobRecord[]> {
    const records: JobRecord[] = [];
    for (const id of await readdir(this.#jobs)) records.push(await this.#read(id));
    return records.sort((a, b) => a.created.localeCompare(b.created) || a.id.localeCompare(b.id));
  }

  async #read(id: string): Promise<JobRecord> {
    const path = join(this.#jobs, id, "job.json");
    const text = await readText(path, RECORD_LIMIT);
    const { data, error } = JOB_RECORD.safeParse(parsed(text));
    if (data !== undefined && data.id === id) return data;
    const problem = error === undefined ? "is of another job" : z.prettifyError(error);
    throw new InputError(
      `${path}: ${text === undefined ? "is missing" : problem}; move that folder away and start again`,
    );
  }

  /** Makes the folder that the photos of a new job are received in. */
  async receive(id: string): Promise<string> {
    const folder = join(this.#passing, id, "photos");
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /** Removes what was received. */
  async drop(id: string): Promise<void> {
    await rm(join(this.#passing, id), { recursive: true, force: true });
  }

  /** Makes what was received a job. */
  async accept(record: JobRecord): Promise<void> {
    const received = join(this.#passing, record.id);
    await writeText(join(received, "job.json"), JSON.stringify(record));
    await rename(received, join(this.#jobs, record.id));
  }

  /** Replaces what is kept of a job, in one step. */
  async save(record: JobRecord): Promise<void> {
    // Written where the next start clears away what was left half done.
    const written = join(this.#passing, `${record.id}.json`);
    await writeText(written, JSON.stringify(record));
    await rename(written, join(this.#jobs, record.id, "job.json"));
  }

  /** Removes a job and all that belongs to it. */
  async remove(id: string): Promise<void> {
    await rename(join(this.#jobs, id), join(this.#passing, `${id}.removed`));
    await rm(join(this.#passing, `${id}.removed`), { recursive: true, force: true });
  }

  /** Where the photo of an index is. */
  photo(id: string, index: number): string {
    return join(this.#jobs, id, "photos", photoFile(index));
  }

  /** The folder that the scene is written to. */
  result(id: string): string {
    return join(this.#jobs, id, "result");
  }

  /** Removes a finished job's photos, and what there is of a scene unless it is done. */
  async clear(id: string, { result }: { readonly result: boolean }): Promise<void> {
    await rm(join(this.#jobs, id, "photos"), { recursive: true, force: true });
    if (result) await rm(this.result(id), { recursive: true, force: true });
  }

  /** The files of a scene with `/` between folders, hidden ones apart. */
  async resultFiles(id: string): Promise<ResultFile[]> {
    const entries = await readdir(this.result(id), { recursive: true, withFileTypes: true });
    const files: ResultFile[] = [];
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(this.result(id).length + 1).replaceAll("\\", "/");
      if (entry.isFile() && !/(^|\/)\./.test(name)) files.push({ name, bytes: (await stat(path)).size });
    }
    return files.sort((a, b) => a.name.localeCompare(b.name));
  }
}

/** What a received photo is called on disk: nothing of what the client calls it. */
export function photoFile(index: number): string {
  return String(index + 1).padStart(4, "0");
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return undefined;
  }
}
