import { once } from "node:events";
import { cacheFolder, exclusively, joinPath, packageFolder } from "#platform";
import { InputError } from "../core/errors.ts";
import { runInProcess } from "../serve/job-runner.ts";
import { keepHeapSmall } from "../serve/keep-heap-small.ts";
import { SERVE_DEFAULTS } from "../serve/serve-limits.ts";
import { startServer } from "../serve/start-server.ts";
import { DEFAULT_MODEL } from "../weights/embedded.ts";
import { resolveModel } from "../weights/resolve-model.ts";
import { programVersion } from "./program-version.ts";
import type { NetworkFlags, OutputFlags } from "./shared-options.ts";
import { printOut } from "./standard-output.ts";
import { withTerminal } from "./terminal.ts";

/** Flags of `dust3r serve`. */
export interface ServeFlags extends NetworkFlags, OutputFlags {
  readonly port: number;
  readonly host: string;
  readonly token?: string;
  readonly data?: string;
  readonly jobs: number;
  readonly queue: number;
  readonly maxPhotos: number;
  readonly maxUpload: number;
  readonly maxPixels: number;
  readonly timeLimit: number;
  readonly keepDays: number;
  readonly keepGigabytes: number;
}

/** Serves until the signal is aborted; jobs at work are parked then, and the next server goes on with them. */
export async function serveApp(flags: ServeFlags, signal: AbortSignal): Promise<void> {
  keepHeapSmall();
  const { host, port, token, model = DEFAULT_MODEL, device, dtype, threads } = flags;
  const data = flags.data ?? joinPath(cacheFolder(), "serve");
  const onWait = (holder: string, lock: string): void => {
    throw new InputError(`${data} is used by another server (${holder}); choose another --data, or remove ${lock}`);
  };
  await withTerminal(flags, signal, async (run) => {
    // Now and not with the first job: a name that is wrong is an error of whoever starts the server, and downloads take long.
    await resolveModel(model, run);
    await exclusively(joinPath(data, "server.lock"), { onWait }, async () => {
      const server = await startServer({
        host,
        port,
        token,
        data,
        app: packageFolder("dist/web"),
        runJob: runInProcess({ model, device, dtype, threads }),
        model,
        version: programVersion(),
        limits: {
          ...SERVE_DEFAULTS,
          running: flags.jobs,
          open: flags.queue,
          photos: flags.maxPhotos,
          upload_bytes: 1e6 * flags.maxUpload,
          photo_pixels: 1e6 * flags.maxPixels,
          seconds: 60 * flags.timeLimit,
          kept_seconds: 86_400 * flags.keepDays,
          kept_bytes: 1e9 * flags.keepGigabytes,
        },
        logger: run.logger,
      });
      run.stopProgress();
      await printOut(`http://${host === "127.0.0.1" ? "localhost" : nameOf(host)}:${server.port}/`);
      run.logger.info(
        token === undefined
          ? "answers to this machine alone; --host with --token offers it to others"
          : "clients need the token; there is no encryption here: put a proxy with TLS in front beyond networks you trust",
      );
      run.logger.info(`jobs are kept in ${data}`);
      if (!signal.aborted) await once(signal, "abort");
      run.logger.info("stopping: jobs at work go on at the next start");
      await server.stop();
    });
  });
}

/** An address as a URL has it. */
function nameOf(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
