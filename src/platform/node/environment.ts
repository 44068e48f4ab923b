import { readFileSync } from "node:fs";
import { availableParallelism, homedir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** An environment variable; undefined when it is unset or empty. */
export function environmentVariable(name: string): string | undefined {
  return process.env[name] || undefined;
}

/** Where downloads are kept between runs: `$DUST3R_CACHE`, else `dust3r` in the user's cache folder (XDG). */
export function cacheFolder(): string {
  const cache = environmentVariable("XDG_CACHE_HOME") ?? join(homedir(), ".cache");
  return environmentVariable("DUST3R_CACHE") ?? join(cache, "dust3r");
}

/** The path of a folder that the package ships, whether run from its sources or built. */
export function packageFolder(name: string): string {
  return join(fileURLToPath(new URL("../../..", import.meta.url)), name);
}

/**
 * Largest resident set of this process so far, in bytes. On Linux `getrusage` counts what the parent held when it started
 * this process as this one's own; the kernel's status of the process does not.
 */
export function peakMemory(): number {
  if (process.platform === "linux") {
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
}

/** Memory that this process may use at most, in bytes: the machine's, or less where a container says so. */
export function memorySize(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** Processors that this process may use. */
export function processorCount(): number {
  return availableParallelism();
}
