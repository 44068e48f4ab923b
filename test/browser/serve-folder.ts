import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".jpg": "image/jpeg",
};

/** As strict as a page can be that runs WebAssembly. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";

/** Headers of a page that may use threads. */
const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

/** A site that is served on loopback. */
export interface Site extends AsyncDisposable {
  readonly url: string;
  /** Paths that were asked for by GET, in their order. */
  readonly requests: readonly string[];
}

/** Serves folders, each below a path of the site; with the headers for threads where it is isolated. */
export async function serveFolders(
  folders: Readonly<Record<string, string>>,
  { isolated = true }: { readonly isolated?: boolean } = {},
): Promise<Site> {
  const requests: string[] = [];
  const server: Server = createServer(({ url = "/", method }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, "http://localhost").pathname));
    if (method === "GET") requests.push(path);
    const mount = Object.keys(folders)
      .filter((prefix) => path.startsWith(prefix))
      .sort((a, b) => b.length - a.length)[0];
    const file = mount && join(folders[mount]!, path.slice(mount.length) || "index.html");
    if (path === "/favicon.ico") {
      response.writeHead(204).end();
      return;
    }
    if (file === undefined || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    const { size, mtimeMs } = statSync(file);
    response.writeHead(200, {
      ...(isolated ? ISOLATED : {}),
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-length": size,
      "content-security-policy": POLICY,
      etag: `"${size}-${mtimeMs}"`,
    });
    if (method === "HEAD") response.end();
    else createReadStream(file).pipe(response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
