import type { KeptRuntime } from "./kept-runtime.ts";

/** What can be said about working without a network. */
export type OfflineState = "loading" | "ready" | "unsupported";

/** Set while the page is being loaded again, so that it happens once. */
const RELOADED = "reloaded-for-isolation";

/**
 * Starts the service worker, which keeps the app for use without a network and, on hosts that send no such headers, isolates the
 * page, so that WebAssembly has threads: for that the page loads once more. `onState` hears how far it is.
 */
export async function keepOffline(onState: (state: OfflineState) => void): Promise<void> {
  if (!("serviceWorker" in navigator)) {
    onState("unsupported");
    return;
  }
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data === "offline-ready") onState("ready");
  });
  onState("loading");
  try {
    await navigator.serviceWorker.register("./service-worker.js");
  } catch {
    // Private windows, and pages that are not secure.
    onState("unsupported");
    return;
  }
  const { active } = await navigator.serviceWorker.ready;
  if (!crossOriginIsolated && !sessionStorage.getItem(RELOADED)) {
    sessionStorage.setItem(RELOADED, "yes");
    location.reload();
    return;
  }
  active?.postMessage({ kind: "keep-all", runtime: neededRuntime() });
}

/** The build of ONNX Runtime that may compute here; the plain one is always kept. */
function neededRuntime(): KeptRuntime {
  if (!("gpu" in navigator)) return "plain";
  return "Suspending" in WebAssembly ? "jspi" : "asyncify";
}
