import { fileURLToPath } from "node:url";
import { build, defaultClientConditions, type InlineConfig } from "vite";

/** How Vite takes the library, from its sources as an application would from the package. */
function pageConfig(outDir: string): InlineConfig {
  return {
    root: fileURLToPath(new URL("./page/", import.meta.url)),
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["source", ...defaultClientConditions] },
    worker: { format: "es" },
    build: { outDir, emptyOutDir: true, target: "es2022", minify: false },
  };
}

/** Builds the page of the tests. */
export async function buildPage(outDir: string): Promise<void> {
  await build(pageConfig(outDir));
}
