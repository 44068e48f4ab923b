#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error("dust3r is not built yet: run `npm ci && npm run build` first");
  process.exitCode = 2;
}
