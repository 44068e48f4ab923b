import { CapabilityError } from "../../core/errors.ts";

/** Files that a run has open at once at most, with some to spare. */
const ENOUGH_OPEN_FILES = 256;

const TOO_MANY_FILES = /\b(?:EMFILE|ENFILE)\b|too many open files/i;
const NO_MEMORY = /\bENOMEM\b|allocation failed|could not allocate|cannot allocate|out of memory|bad_alloc/i;

/**
 * What this machine has too little of for a program that failed so, with what to do about it: a sentence for the user.
 * Undefined where that was not the reason.
 */
export function missingResource(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    const missing = missingResourceIn(`${code} ${message}`);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

/** As `missingResource`, by what a program said of its failure. */
export function missingResourceIn(text: string): string | undefined {
  // A module whose package.json cannot be opened counts as missing.
  const isUnread = /\bERR_MODULE_NOT_FOUND\b|Cannot find (?:package|module)/.test(text);
  if (TOO_MANY_FILES.test(text) || (isUnread && mostOpenFiles() < ENOUGH_OPEN_FILES)) {
    const most = mostOpenFiles();
    const limit = Number.isFinite(most) ? `, now ${most}, to ${Math.max(ENOUGH_OPEN_FILES, 2 * most)} or more` : "";
    return `too many files are open: raise the limit (ulimit -n${limit})`;
  }
  if (!NO_MEMORY.test(text)) return undefined;
  // In bytes, whatever its name says.
  const space = Math.floor(limitOf("virtual_memory_kbytes") / 1024);
  if (space === Infinity) return "not enough memory: free some, or use fewer or smaller photos";
  return `not enough memory: at most ${space} kB are allowed (ulimit -v), and a run reserves about 16000000, mostly unused`;
}

/** The error of a task, as a `CapabilityError` where this machine had too little for it. */
export function resourceError(name: string, error: unknown): CapabilityError | undefined {
  const missing = missingResource(error);
  return missing === undefined ? undefined : new CapabilityError(`${name}: ${missing}`, { cause: error });
}

function mostOpenFiles(): number {
  return limitOf("open_files");
}

/** A limit that the system sets this process; infinite where it sets none. */
function limitOf(name: string): number {
  const report: unknown = process.report?.getReport();
  const { userLimits = {} } = (typeof report === "string" ? JSON.parse(report) : report) as {
    userLimits?: Readonly<Record<string, { readonly soft: number | string }>>;
  };
  const soft = userLimits[name]?.soft;
  return typeof soft === "number" ? soft : Infinity;
}
