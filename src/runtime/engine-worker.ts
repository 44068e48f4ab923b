import { peakMemory, serveRequests } from "#platform";
import { devicesThatOpen, openOnDevice } from "./backends.ts";
import type { ConcreteDevice, TensorValues } from "./device.ts";
import type { Session, SessionOptions } from "./session.ts";

/** What the engine asks of its worker process. */
export type EngineRequest =
  | { readonly kind: "open"; readonly model: Uint8Array; readonly options: SessionOptions }
  | { readonly kind: "run"; readonly session: number; readonly feeds: TensorValues }
  | { readonly kind: "close"; readonly session: number }
  | { readonly kind: "peak-memory" }
  | { readonly kind: "usable"; readonly devices: readonly ConcreteDevice[] };

const sessions = new Map<number, Session>();
let opened = 0;

serveRequests(async (message) => {
  const request = message as EngineRequest;
  switch (request.kind) {
    case "open":
      sessions.set(opened, await openOnDevice(request.model, request.options));
      return opened++;
    case "run":
      return sessions.get(request.session)!.run(request.feeds);
    case "close": {
      await sessions.get(request.session)?.dispose();
      sessions.delete(request.session);
      return undefined;
    }
    case "peak-memory":
      return peakMemory();
    case "usable":
      return devicesThatOpen(request.devices);
  }
});
