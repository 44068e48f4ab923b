import { InputError } from "../../core/errors.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full: free some space and run again",
  EDQUOT: "your disk quota is used up: free some space and run again",
  EACCES: "no permission to write there: choose another place with -o",
  EPERM: "no permission to write there: choose another place with -o",
  EROFS: "that disk is read-only: choose another place with -o",
  ENOENT: "no folder can be made there: choose another place with -o",
  ENOTDIR: "a file is in the way: choose another place with -o",
  EEXIST: "a file is in the way: choose another place with -o",
  EISDIR: "a folder is in the way: choose another name with -o",
};

/** A failed write as an error that says what to do; anything but a failure of the file system is passed on as it is. */
export function explainWriteError(path: string, error: unknown): unknown {
  const { code = "", syscall, message } = (error ?? {}) as NodeJS.ErrnoException;
  const reason = REASONS[code] ?? (syscall === undefined ? undefined : message);
  return reason === undefined ? error : new InputError(`cannot write to ${path}: ${reason}`, { cause: error });
}

/** Does work that writes to a path; a failure of the file system is thrown as `explainWriteError` has it. */
export async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainWriteError(path, error);
  }
}
