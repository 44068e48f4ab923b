import type { Engine } from "../scene/finished-scene.ts";
import { serverEngine } from "./server-engine.ts";
import { tabEngine } from "./tab-engine.ts";

/**
 * What computes: the server where the page comes from `dust3r serve`, else this tab. On other hosts `api/server` is a file of the
 * app that says null, so that asking is no error there.
 */
export async function chooseEngine(): Promise<Engine> {
  const response = await fetch("api/server").catch(() => undefined);
  // A server that wants a token says so with 401.
  if (response?.status === 401) return serverEngine;
  const facts: unknown = response?.ok ? await response.json().catch(() => null) : null;
  return facts === null ? tabEngine : serverEngine;
}
