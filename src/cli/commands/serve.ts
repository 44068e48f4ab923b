import { Command, InvalidArgumentError, Option } from "commander";
import { runAction } from "../run-action.ts";
import type { ServeFlags } from "../serve-app.ts";
import { positiveInteger, withNetworkOptions } from "../shared-options.ts";

/** `dust3r serve`: the app and an HTTP API, on this machine's own processors. */
export function serveCommand(): Command {
  const command = new Command("serve")
    .description("the app in the browser and an HTTP API, reconstructing on this machine")
    .option("--port <n>", "where to listen; 0 for any that is free", port, 8080)
    .option("--host <address>", "whom to answer: others than this machine need --token", "127.0.0.1")
    .addOption(
      new Option(
        "--token <secret>",
        "what clients must know, 16 characters or more; better set in the environment",
      ).env("DUST3R_TOKEN"),
    )
    .option("--data <folder>", "where jobs are kept (default: serve/ in the cache folder)")
    .option("--jobs <n>", "jobs at work at once", positiveInteger, 1)
    .option("--queue <n>", "most jobs that are uploaded, wait or are at work", positiveInteger, 100)
    .option("--max-photos <n>", "most photos of a job", positiveInteger, 100)
    .option("--max-upload <megabytes>", "most megabytes of a job's photos", positiveInteger, 500)
    .option("--max-pixels <megapixels>", "most megapixels of a photo", positiveInteger, 100)
    .option("--time-limit <minutes>", "longest time of a job", positiveInteger, 60)
    .option("--keep-days <n>", "finished jobs are removed after so many days", positiveInteger, 7)
    .option("--keep-gigabytes <n>", "the oldest finished jobs are removed beyond that", positiveInteger, 20)
    .option("--quiet", "print no log, only problems");
  return withNetworkOptions(command).action((flags: ServeFlags) =>
    runAction(async (signal) => {
      const { serveApp } = await import("../serve-app.ts");
      await serveApp(flags, signal);
    }),
  );
}

function port(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= 0 && value < 65_536) return value;
  throw new InvalidArgumentError("a whole number from 0 to 65535 is expected.");
}
