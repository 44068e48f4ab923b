import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "hono";
import { fileResponse } from "./file-response.ts";
import { Refusal } from "./refusal.ts";

/** What is shown where the package was built without its app. */
const NO_APP = `<!doctype html><html lang="en"><meta charset="utf-8"><title>dust3r serve</title>
<p>The app is missing from this build: <code>npm run build</code> did not make <code>dist/web/</code>.
The API works without it: <a href="/openapi.json">/openapi.json</a> describes it.</p></html>
`;

/** Names with a hash of their content never change. */
const HASHED = /[.-][\w-]{8,}\.\w+$/;

/** Answers requests for the app's files: exactly those that are in its folder now, so that no path leads elsewhere. */
export async function appFiles(folder: string): Promise<(context: Context) => Promise<Response>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const paths = new Map(files.map((path) => [path.slice(folder.length).replaceAll("\\", "/"), path]));
  return async (context) => {
    const name = decodedPath(context.req.path);
    const path = paths.get(name === "/" ? "/index.html" : name);
    if (path !== undefined) {
      const isHashed = name.startsWith("/assets/") && HASHED.test(name);
      return await fileResponse(context, path, isHashed ? "public, max-age=31536000, immutable" : "no-cache");
    }
    if (name === "/" || name === "/index.html") return context.html(NO_APP);
    throw new Refusal(404, "there is no such page: /openapi.json describes what there is");
  };
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
