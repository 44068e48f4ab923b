import { InputError } from "../../core/errors.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full: free some space and run again, finished work is kept",
  EDQUOT: "your disk quota is used up: free some space and run again, finished work is kept",
  EACCES: "no permission to write there: choose another folder with -o",
  EPERM: "no permission to write there: choose another folder with -o",
  EROFS: "that disk is read-only: choose another folder with -o",
  ENOTDIR: "a file is in the way: choose another folder with -o",
  EEXIST: "a file is in the way: choose another folder with -o",
  EISDIR: "a folder is in the way: choose another name with -o",
};

/** A failed write as an error that says what to do; anything unforeseen is passed on as it is. */
export function explainWriteError(path: string, error: unknown): unknown {
  const reason = REASONS[(error as NodeJS.ErrnoException)?.code ?? ""];
  return reason === undefined ? error : new InputError(`cannot write to ${path}: ${reason}`, { cause: error });
}
