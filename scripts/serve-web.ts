/** `npm run web -- --port N`: builds the app and serves it with the headers that give it threads. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { preview } from "vite";
import { buildWeb } from "./build-web.ts";

const { values } = parseArgs({
  options: { port: { type: "string", default: "4173" }, "no-build": { type: "boolean" } },
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`--port ${values.port}: a number from 0 to 65535 is expected`);
  process.exit(2);
}
if (!values["no-build"]) await buildWeb();
const server = await preview({
  configFile: false,
  logLevel: "error",
  build: { outDir: join(import.meta.dirname, "../dist/web") },
  preview: {
    port,
    strictPort: true,
    host: "localhost",
    headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
  },
});
console.log(server.resolvedUrls?.local[0] ?? `http://localhost:${port}/`);
