import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { expect } from "vitest";

/** A server in a process of its own. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** Its address, without a slash at the end. */
  readonly base: string;
  /** What it printed on stderr so far. */
  readonly log: () => string;
  /** Sends a signal and waits for the end; the exit code, null after SIGKILL. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null>;
}

/** Starts a program that prints its address, and waits for that. */
export async function startServerProcess(args: readonly string[]): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], timeout: 110_000 });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  let printed = "";
  const address = new Promise<string>((ready, fail) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      if (printed.includes("\n")) ready(printed.trim().replace(/\/$/, ""));
    });
    child.once("exit", () => fail(new Error(`the server ended: ${log}`)));
  });
  const base = await address;
  expect(base).toMatch(/^http:\/\/[\w.]+:\d+$/);
  return {
    child,
    base,
    log: () => log,
    async end(signal) {
      const exit = once(child, "exit");
      child.kill(signal);
      return (await exit)[0];
    },
  };
}

/** The server whose jobs are fake. */
export function startFakeServer(data: string): Promise<ServerProcess> {
  const program = resolve(import.meta.dirname, "fake-server.ts");
  return startServerProcess(["--conditions=source", "--import", "tsx", program, data]);
}
