import { openSpool } from "#platform";
import type { Spool } from "../core/spool.ts";

/** A share of memory; what it has no room for goes to a disk, and is gone when this is disposed of. */
export interface Overflow extends AsyncDisposable {
  /** Where so many bytes go; undefined for those that stay in memory. */
  spoolFor(bytes: number): Promise<Spool | undefined>;
}

/** The first bytes stay in memory, and all others where there is no disk. */
export function openOverflow(bytes: number, open: () => Promise<Spool | undefined> = openSpool): Overflow {
  let left = bytes;
  let opened: Promise<Spool | undefined> | undefined;
  return {
    async spoolFor(size) {
      if (size <= left) {
        left -= size;
        return undefined;
      }
      opened ??= open();
      return await opened;
    },
    async [Symbol.asyncDispose]() {
      await (await opened)?.[Symbol.asyncDispose]();
    },
  };
}
