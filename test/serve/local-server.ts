import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { silentLogger } from "../../src/core/logger.ts";
import { SERVE_DEFAULTS } from "../../src/serve/serve-limits.ts";
import { type ServeOptions, startServer } from "../../src/serve/start-server.ts";
import { fakeJobs } from "./fake-jobs.ts";

/** A server in this process. */
export interface LocalServer {
  readonly base: string;
  readonly port: number;
  readonly data: string;
  /** What it logged as errors. */
  readonly errors: readonly string[];
  stop(): Promise<void>;
}

/** What differs from a server of fake jobs with the usual limits. */
export interface LocalServerOptions extends Partial<Omit<ServeOptions, "limits">> {
  readonly limits?: Partial<ServeOptions["limits"]>;
}

/** Gives a function that starts servers of fake jobs; they are stopped and their folders removed after each test. */
export function localServers(): (options?: LocalServerOptions) => Promise<LocalServer> {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  return async ({ limits, ...options } = {}) => {
    const folder = await mkdtemp(join(tmpdir(), "dust3r-serve-"));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    const errors: string[] = [];
    const data = options.data ?? join(folder, "data");
    const server = await startServer({
      host: "127.0.0.1",
      port: 0,
      data,
      app: join(folder, "app"),
      runJob: fakeJobs(2),
      model: "fake",
      version: "0",
      logger: { ...silentLogger, error: (message) => void errors.push(message) },
      ...options,
      limits: { ...SERVE_DEFAULTS, ...limits },
    });
    ends.push(() => server.stop());
    return { base: `http://127.0.0.1:${server.port}`, port: server.port, data, errors, stop: () => server.stop() };
  };
}
