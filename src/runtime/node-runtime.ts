import { cpus } from "node:os";
import { env, listSupportedBackends } from "onnxruntime-node";

/** ONNX Runtime for Node; `web-runtime.ts` offers the same names, and `#onnxruntime` (package.json, `imports`) picks one. */

export { openSession } from "./session.ts";

/** Names of the devices that ONNX Runtime was built with, and what to call the machine in an error. */
export async function offeredDevices(): Promise<{ readonly names: readonly string[]; readonly machine: string }> {
  return { names: listSupportedBackends().map(({ name }) => name), machine: `${process.platform}-${process.arch}` };
}

/** What a finding on 8-bit products holds for: the processor and the version of ONNX Runtime. */
export function int8Platform(): string | undefined {
  const list = cpus();
  return `${list[0]?.model ?? process.arch} × ${list.length}, ONNX Runtime ${env.versions.node}`;
}
