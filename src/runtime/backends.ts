import { offeredDevices, openSession } from "#onnxruntime";
import { CapabilityError } from "../core/errors.ts";
import { onnxModel } from "../tensor/onnx-model.ts";
import { relu } from "../tensor/operators/elementwise.ts";
import { input } from "../tensor/tensor.ts";
import type { ConcreteDevice } from "./device.ts";
import type { Session, SessionOptions } from "./session.ts";

/** `openSession` with clear errors for a device, or a precision of it, that this machine does not have. */
export async function openOnDevice(model: Uint8Array, options: SessionOptions): Promise<Session> {
  const { device } = options;
  const { names, machine } = await offeredDevices();
  // ONNX Runtime silently takes the CPU for a device it does not know.
  if (!names.includes(device)) {
    throw new CapabilityError(
      `device ${device} is not part of ONNX Runtime on ${machine}; it has ${names.join(", ")}; auto picks one that works`,
    );
  }
  try {
    const session = await openSession(model, options);
    return { ...session, run: (feeds) => session.run(feeds).catch((error) => failRun(error, device)) };
  } catch (error) {
    if (device === "cpu") throw error;
    throw new CapabilityError(`device ${device} cannot be used here: ${firstLine(error)}; auto picks one that works`);
  }
}

/** WebGPU adapters may lack half precision, which shows in the first run and not on opening. */
function failRun(error: unknown, device: ConcreteDevice): never {
  if (!/requires f16 but/.test(String(error))) throw error;
  throw new CapabilityError(`device ${device} has no half precision here; use dtype fp32`, { remedies: ["dtype"] });
}

/** Those of the devices that open a trivial graph. */
export async function devicesThatOpen(devices: readonly ConcreteDevice[]): Promise<readonly ConcreteDevice[]> {
  const { bytes } = onnxModel({ y: relu(input("x", [1])) }, () => new Uint8Array());
  const usable: ConcreteDevice[] = [];
  for (const device of devices) {
    const session = await openOnDevice(bytes, { device }).catch(() => undefined);
    if (session === undefined) continue;
    usable.push(device);
    await session.dispose();
  }
  return usable;
}

/** Providers report source paths and callbacks; the useful part comes last on the line. */
function firstLine(error: unknown): string {
  const line = String((error as Error).message)
    .trim()
    .split("\n")[0]!;
  return line.split(" was false. ").at(-1)!;
}
