import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect } from "vitest";
import { expectPublishedAnswer } from "./json-answer.ts";

/** The program. */
export const BIN: string = resolve(import.meta.dirname, "../../bin/dust3r.js");

/** Below the time limit of a test, so that nothing goes on after it. */
const PATIENCE_MS = 220_000;

/** Runs the network at the least cost: no search for other devices, no idle threads. */
export const ON_CPU: readonly string[] = ["--device", "cpu", "--threads", "1"];

/** What a finished command leaves: its exit code (null after a signal) and all it printed. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that may still be running. */
export interface Running {
  readonly child: ChildProcess;
  /** What it has printed on stderr so far. */
  readonly progress: () => string;
  readonly finished: Promise<Finished>;
}

/** Starts the built command line as the leader of a process group of its own, as a shell does. */
export function startDust3r(args: readonly string[]): Running {
  const child = spawn(process.execPath, [BIN, ...args], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: PATIENCE_MS,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => done({ code, stdout, stderr }));
  });
  return { child, progress: () => stderr, finished };
}

/** Runs the built command line to its end; what it prints with `--json` must be as published. */
export async function dust3r(...args: readonly string[]): Promise<Finished> {
  const finished = await startDust3r(args).finished;
  if (args.includes("--json") && finished.stdout !== "") expectPublishedAnswer(args, finished.stdout);
  return finished;
}

/** As `dust3r`, for a command that must succeed: its stdout. */
export async function dust3rOutput(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await dust3r(...args);
  expect(code, stderr).toBe(0);
  return stdout;
}

/** One message for the user that says all of this, exit code 2, nothing on stdout and no stack. */
export function expectUserError({ code, stdout, stderr }: Finished, ...messages: readonly RegExp[]): void {
  expect(code, stderr).toBe(2);
  expect(stdout).toBe("");
  expect(stderr.match(/^error: /gm), stderr).toHaveLength(1);
  expect(stderr).not.toMatch(/^\s+at /m);
  for (const message of messages) expect(stderr.slice(stderr.indexOf("error: "))).toMatch(message);
}

/** A folder that is removed after the tests of the file. */
export async function scratchFolder(): Promise<(...names: string[]) => string> {
  const folder = await mkdtemp(join(tmpdir(), "dust3r-cli-"));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return (...names) => join(folder, ...names);
}

/** The files now below a folder, hidden ones included, as sorted relative paths; none where there is no folder. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return paths.filter((path) => statSync(join(folder, path), { throwIfNoEntry: false })?.isFile()).sort();
}
