import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { InputError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import { isLoopback } from "./access.ts";
import { api } from "./api.ts";
import { appFiles } from "./app-files.ts";
import { JobFolders } from "./job-folders.ts";
import { JobQueue } from "./job-queue.ts";
import type { RunJob } from "./job-runner.ts";
import type { ServeLimits } from "./serve-limits.ts";

/** How a server is started. */
export interface ServeOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Clients must know it; needed where others than this machine may connect. */
  readonly token?: string | undefined;
  /** The folder of jobs; no two servers may use one. */
  readonly data: string;
  /** The folder of the app's files. */
  readonly app: string;
  readonly runJob: RunJob;
  /** The name of the weights and the version of the package, for clients. */
  readonly model: string;
  readonly version: string;
  readonly limits: ServeLimits;
  readonly logger: Logger;
}

/** A server that answers. */
export interface RunningServer {
  readonly port: number;
  /** Takes no more jobs, parks those at work and ends all connections. */
  stop(): Promise<void>;
}

/** Shorter tokens can be guessed. */
const LEAST_TOKEN = 16;
const MOST_CONNECTIONS = 1024;
const HEADERS_MS = 10_000;
/** For answers that are on their way when the server stops. */
const GRACE_MS = 500;

/** Starts the server; an `InputError` where that is not safe or the address is taken. The folder of jobs is the caller's to lock. */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const { token, data, limits, logger, runJob, version, model } = options;
  requireSafe(options);
  const queue = await JobQueue.open({ folders: await JobFolders.open(data), runJob, limits, logger });
  try {
    const facts = { name: "dust3r", version, model, limits } as const;
    const routes = api({ queue, facts, token, app: await appFiles(join(options.app)), logger });
    // Uploads have clocks of their own, which say what is wrong.
    const requestTimeout = 1000 * (limits.upload_seconds + limits.stalled_seconds);
    const server = createAdaptorServer({
      fetch: routes.fetch,
      overrideGlobalObjects: false,
      serverOptions: {
        requestTimeout,
        headersTimeout: Math.min(HEADERS_MS, requestTimeout),
        connectionsCheckingInterval: 5000,
        keepAliveTimeout: 5000,
      },
    }) as Server;
    server.maxConnections = MOST_CONNECTIONS;
    await listen(server, options);
    return {
      port: (server.address() as AddressInfo).port,
      async stop() {
        server.close();
        await queue.park();
        server.closeIdleConnections();
        await Promise.race([once(server, "close"), new Promise((resolve) => setTimeout(resolve, GRACE_MS))]);
        server.closeAllConnections();
      },
    };
  } catch (error) {
    await queue.park();
    throw error;
  }
}

function requireSafe({ host, token }: ServeOptions): void {
  if (token !== undefined && token.length < LEAST_TOKEN)
    throw new InputError(`the token has ${token.length} characters; at least ${LEAST_TOKEN} are expected`);
  if (token === undefined && !isLoopback(host))
    throw new InputError(
      `--host ${host} lets others in: give a --token of at least ${LEAST_TOKEN} characters that they must know`,
    );
}

async function listen(server: Server, { host, port }: ServeOptions): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      EADDRINUSE: `another program listens there; choose another --port`,
      EACCES: "this user may not listen there; choose a --port above 1023",
      EADDRNOTAVAIL: "this machine has no such address; choose another --host",
      ENOTFOUND: "this machine has no such address; choose another --host",
    };
    throw new InputError(`${host}, port ${port}: ${reasons[code ?? ""] ?? message}`, { cause: error });
  }
}
