import { CapabilityError } from "../../core/errors.ts";

/** No files are written piece by piece in a browser: throws a `CapabilityError`. */
export async function openOutputFile(path: string): Promise<never> {
  throw new CapabilityError(`${path} cannot be written in a browser`);
}
