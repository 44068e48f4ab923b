/**
 * Builds the app in `dist/web/`: the page, its worker, the service worker, and the sample scene. The folder works on any static
 * host. Says how large the page's JavaScript is and fails beyond its limit.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type InlineConfig } from "vite";
import { loadDenseScene } from "../src/core/loaded-dense-scene.ts";
import { REPORT_DATA_MARK } from "../src/export/report-data.ts";
import { reconstruct } from "../src/index.ts";
import { writeSceneFiles } from "../src/pipeline/scene-files.ts";
import { pack } from "../web/src/projects/packed.ts";
import { SAMPLE_FILES } from "../web/src/scene/sample-files.ts";
import { buildViewer } from "./build-viewer.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const WEB = join(ROOT, "web");
const TARGET = join(ROOT, "dist/web");
const PHOTOS = join(ROOT, "examples/photos");
/** Kilobytes of gzipped JavaScript that the page itself loads. */
const MOST_PAGE_KB = 350;
/** What the page needs at once, beside its script and its style. */
const SHELL = /^(index\.html|icon\.svg|manifest\.webmanifest|sample\/report\.json)$/;

const resolve = { conditions: ["source", "browser", "module", "import"] };

/** Fine enough to be looked at, and few enough bytes that whoever comes first need not wait. */
const SAMPLE_DEPTH_SIZE = 256;

/** Builds the app; the sample is reconstructed on the way, which takes some seconds. */
export async function buildWeb(): Promise<void> {
  await rm(TARGET, { recursive: true, force: true });
  await build({
    root: WEB,
    base: "./",
    configFile: false,
    logLevel: "error",
    resolve,
    build: {
      outDir: TARGET,
      emptyOutDir: true,
      target: "es2022",
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
    },
    worker: { format: "es" },
  });
  await writeFile(join(TARGET, "viewer.html"), await buildViewer());
  await writeSample(join(TARGET, "sample"));
  const files = await filesBelow(TARGET);
  await buildServiceWorker(files);
}

/** The sample's photos, what the viewer draws, and the scene from which its files are made. */
async function writeSample(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const photos = (await readdir(PHOTOS)).filter((name) => name.endsWith(".jpg")).sort();
  const made = await reconstruct(
    photos.map((name) => join(PHOTOS, name)),
    { depthSize: SAMPLE_DEPTH_SIZE },
  );
  const write = async (name: string, content: Uint8Array | string): Promise<void> =>
    await writeFile(join(folder, name), content);
  // With the mark alone for a page, the report is the data that the viewer draws.
  const sink = {
    async write(name: string, bytes: Uint8Array): Promise<void> {
      if (name === "index.html") await write(SAMPLE_FILES.report, bytes);
    },
  };
  await writeSceneFiles(made, sink, { loadViewerHtml: async () => REPORT_DATA_MARK, kinds: ["report"] });
  const { scene, views, warnings, run } = made;
  const dense = made.dense && (await loadDenseScene(made.dense));
  const bare = views.map(({ path: _, ...view }) => view);
  await write(SAMPLE_FILES.result, pack({ scene, views: bare, dense, warnings, run }));
  for (const name of photos) await write(name, await readFile(join(PHOTOS, name)));
  await write(SAMPLE_FILES.photos, JSON.stringify(photos));
}

async function buildServiceWorker(files: readonly string[]): Promise<void> {
  const html = await readFile(join(TARGET, "index.html"), "utf8");
  const isShell = (name: string): boolean => SHELL.test(name) || html.includes(name);
  const version = createHash("sha256");
  for (const name of files) version.update(name).update(await readFile(join(TARGET, name)));
  const config: InlineConfig = {
    root: WEB,
    configFile: false,
    logLevel: "error",
    publicDir: false,
    define: {
      SHELL: JSON.stringify(files.filter(isShell)),
      REST: JSON.stringify(files.filter((name) => !isShell(name) && !name.startsWith("api/"))),
      VERSION: JSON.stringify(version.digest("hex").slice(0, 12)),
    },
    build: {
      outDir: TARGET,
      emptyOutDir: false,
      target: "es2022",
      rolldownOptions: {
        input: join(WEB, "src/offline/service-worker.ts"),
        output: { entryFileNames: "service-worker.js", format: "iife" },
      },
    },
  };
  await build(config);
}

/** Paths relative to `folder`, with `/` between folders. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files
    .map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
}

/** Gzipped kilobytes of the scripts that the page loads, and of those that its workers do. */
async function scriptSizes(): Promise<{ page: number; workers: number }> {
  const html = await readFile(join(TARGET, "index.html"), "utf8");
  const sizes = { page: 0, workers: 0 };
  for (const name of await filesBelow(TARGET)) {
    if (!/\.m?js$/.test(name)) continue;
    const kilobytes = gzipSync(await readFile(join(TARGET, name))).length / 1000;
    sizes[html.includes(name) || name === "service-worker.js" ? "page" : "workers"] += kilobytes;
  }
  return sizes;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildWeb();
  const { page, workers } = await scriptSizes();
  console.log(
    `${TARGET}: ${page.toFixed(0)} KB of JavaScript gzipped in the page (at most ${MOST_PAGE_KB}), ${workers.toFixed(0)} KB in workers`,
  );
  if (page > MOST_PAGE_KB) {
    console.error("the page's JavaScript has grown beyond its limit");
    process.exit(1);
  }
}
