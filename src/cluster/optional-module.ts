import { CapabilityError } from "../core/errors.ts";

/** A package that need not be installed. Throws a `CapabilityError` that says how to install it where it is not. */
export async function optionalModule<Module>(packages: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new CapabilityError(`${packages} is not installed here: npm install ${packages}`, { cause: error });
  }
}
