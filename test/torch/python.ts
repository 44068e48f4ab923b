import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { resolve } from "node:path";

/** The programs under test. */
export const TOOLS: string = resolve(import.meta.dirname, "../../tools/torch");

/** A Python that has PyTorch, NumPy and Pillow; undefined where there is none. Debian's own comes second. */
export const PYTHON: string | undefined = ["python3", "/usr/bin/python3"].find(
  (name) => spawnSync(name, ["-c", "import torch, numpy, PIL"]).status === 0,
);

/** What a program printed, and how it ended. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a Python program of `tools/torch`, or one given as text, which may import from there, on one thread. */
export function python(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const child: ChildProcess = spawn(PYTHON!, args, {
    env: { ...process.env, OMP_NUM_THREADS: "1", PYTHONPATH: TOOLS, PYTHONDONTWRITEBYTECODE: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => done({ code, stdout, stderr }));
  });
}

/** As `python`, for a program that must succeed: the JSON of its last line. */
export async function pythonResult(
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await python(args, environment);
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}
