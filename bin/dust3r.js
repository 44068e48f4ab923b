#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(main)) {
  await import(main.href).catch((error) => {
    // Before there is a program that could say so.
    // A module whose package.json cannot be opened counts as missing.
    const isUnread =
      error?.code === "ERR_MODULE_NOT_FOUND" && process.report.getReport().userLimits?.open_files.soft < 256;
    if (error?.code !== "EMFILE" && error?.code !== "ENFILE" && !isUnread) throw error;
    console.error("error: too many files are open: raise the limit (ulimit -n) and run again");
    process.exitCode = 2;
  });
} else {
  console.error("dust3r is not built yet: run `npm ci && npm run build` first");
  process.exitCode = 2;
}
