import { InputError } from "../../core/errors.ts";
import { resourceError } from "./missing-resource.ts";

/** Why a file cannot be opened, as an `InputError` or a `CapabilityError`; any other error as it is. */
export function readProblem(path: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "EMFILE" || code === "ENFILE") return resourceError(path, error) ?? error;
  const problem = PROBLEMS[code];
  return problem === undefined ? error : new InputError(`${path}: ${problem}`, { cause: error });
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "a part of this path is a file, not a folder",
  EISDIR: "this is a folder, not a file",
  EACCES: "no permission",
  EPERM: "no permission",
};
