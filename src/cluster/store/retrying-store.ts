import { setTimeout as sleep } from "node:timers/promises";
import type { BlobStore } from "../../core/blob-store.ts";
import { CapabilityError, isUserError } from "../../core/errors.ts";

/** How often a store is asked. */
export interface RetryOptions {
  /** In all; 6 when left out. */
  readonly attempts?: number | undefined;
  /** Milliseconds before the second; twice as long before every further one; 200 when left out. */
  readonly wait?: number | undefined;
}

/**
 * The same store asked again where a request fails: networks and services do now and then. Errors of the user are passed on at once;
 * what fails every time is a `CapabilityError` that names the store.
 */
export function retryingStore(
  store: BlobStore,
  name: string,
  { attempts = 6, wait = 200 }: RetryOptions = {},
): BlobStore {
  const patiently = async <Answer>(what: string, ask: () => Promise<Answer>): Promise<Answer> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        if (isUserError(error)) throw error;
        if (attempt >= attempts) {
          const reason = error instanceof Error ? error.message : String(error);
          throw new CapabilityError(`${name}: ${what} failed ${attempts} times: ${reason}`, { cause: error });
        }
        await sleep(wait * 2 ** (attempt - 1));
      }
    }
  };
  return {
    has: (key) => patiently(`looking for ${key}`, () => store.has(key)),
    get: (key) => patiently(`reading ${key}`, () => store.get(key)),
    put: (key, bytes) => patiently(`writing ${key}`, () => store.put(key, bytes)),
  };
}
