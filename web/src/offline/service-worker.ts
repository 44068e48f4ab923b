/// <reference lib="webworker" />

import type { KeptRuntime } from "./kept-runtime.ts";

const worker: ServiceWorkerGlobalScope = self as unknown as ServiceWorkerGlobalScope;

/** Filled in by the build: the app's files, first those that the page needs at once. */
declare const SHELL: readonly string[];
/** All others, kept in the background: the network, its runtime, what workers load. */
declare const REST: readonly string[];
/** Changes with every build. */
declare const VERSION: string;

const CACHE: string = `dust3r-${VERSION}`;
const SCOPE: URL = new URL("./", worker.location.href);

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys())
        if (name.startsWith("dust3r-") && name !== CACHE) await caches.delete(name);
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener("message", (event) => {
  if (event.data.kind === "keep-all") event.waitUntil(keepAll(event.data.runtime, event.source));
});

/** All but the builds of the runtime that are not for this browser. */
async function keepAll(runtime: KeptRuntime, client: ExtendableMessageEvent["source"]): Promise<void> {
  const wanted = REST.filter((name) => !/\.(jspi|asyncify)-.*wasm$/.test(name) || name.includes(`.${runtime}-`));
  for (const name of wanted) await keep(name);
  client?.postMessage("offline-ready");
}

const underWay: Map<string, Promise<void>> = new Map();

/** Loads a file of the app into the cache, once however many ask for it. */
async function keep(name: string): Promise<void> {
  const cache = await caches.open(CACHE);
  if (await cache.match(name, { ignoreVary: true })) return;
  const loading = underWay.get(name) ?? cache.add(name).finally(() => underWay.delete(name));
  underWay.set(name, loading);
  await loading;
}

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const path = url.pathname.slice(SCOPE.pathname.length);
  // Whether there is a server (`run/choose-engine.ts`): without a network there is none.
  if (path === "api/server" && url.origin === SCOPE.origin)
    event.respondWith(fetch(request).catch(() => new Response("null")));
  // A server's API is never kept; neither is what is no part of the app.
  if (!["GET", "HEAD"].includes(request.method) || url.origin !== SCOPE.origin || path.startsWith("api/")) return;
  event.respondWith(answer(request, path));
});

async function answer(request: Request, path: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  const asked = path === "" ? "index.html" : request;
  // Where there is no room for it, it is loaded each time.
  if (REST.includes(path)) await keep(path).catch(() => {});
  const kept = await cache.match(asked, { ignoreSearch: true, ignoreMethod: true, ignoreVary: true });
  if (kept && request.method === "HEAD") return isolated(new Response(null, { headers: kept.headers }));
  return isolated(kept ?? (await fetch(request)));
}

/** With the headers that give the page threads. */
function isolated(response: Response): Response {
  if (response.type === "opaque" || response.type === "opaqueredirect" || response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  const { status, statusText, body } = response;
  return new Response(body, { status, statusText, headers });
}
