import { folderStore, isLink, removeFolderStore } from "#platform";
import type { BlobStore } from "../core/blob-store.ts";
import { InputError } from "../core/errors.ts";

/** Keeps what a run finished until its result is written. */
export interface ResumeStore {
  readonly store: BlobStore;
  /** Removes all of it: the result is written. */
  remove(): Promise<void>;
}

/** Whether what an interrupted run finished is used. */
export interface ResumeOptions {
  /** It is when left out; otherwise it is removed. */
  readonly resume?: boolean | undefined;
}

/** Opens the store of a run in a folder of its own; an `InputError` where a link to another place has its name. */
export async function openResumeStore(folder: string, { resume = true }: ResumeOptions = {}): Promise<ResumeStore> {
  if (await isLink(folder)) throw new InputError(`${folder} is a link: nothing is written behind it; remove it`);
  if (!resume) await removeFolderStore(folder);
  return { store: folderStore(folder), remove: () => removeFolderStore(folder) };
}
