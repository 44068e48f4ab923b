import { existsSync } from "node:fs";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { WebIO } from "@gltf-transform/core";
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { type Plugin, type PreviewServer, preview } from "vite";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { nearestNeighbors } from "../src/geometry/nearest-neighbors.ts";
import { reconstruct, writeSceneFolder } from "../src/index.ts";
import { shareOfLongestTask, watchLongTasks } from "./browser/long-tasks.ts";
import { CHROMIUM } from "./browser/open-page.ts";
import { hasFfmpeg, panningClip } from "./panning-clip.ts";

const { validateBytes } = createRequire(import.meta.url)("gltf-validator") as {
  validateBytes(bytes: Uint8Array): Promise<{ issues: { numErrors: number; messages: readonly unknown[] } }>;
};

const ROOT = resolve(import.meta.dirname, "..");
const BUILT = join(ROOT, "dist/web");
const PHOTOS = [1, 2].map((i) => join(ROOT, `examples/photos/courtyard-${i}.jpg`));
const THIRD = join(ROOT, "examples/photos/courtyard-3.jpg");
const BROKEN = { name: "broken.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no photo") };
const SOFTWARE_GL = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
const PATIENCE = 180_000;

describe.skipIf(!existsSync(CHROMIUM))("the app in Chromium", () => {
  /** A static host as any: it sends no headers that would isolate the page. */
  let plainHost: PreviewServer;
  let isolatingHost: PreviewServer;
  let browser: Browser;

  beforeAll(async () => {
    plainHost = await host();
    isolatingHost = await host({ headers: ISOLATED });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: SOFTWARE_GL });
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  afterAll(async () => {
    await browser?.close();
    await plainHost?.close();
    await isolatingHost?.close();
  });

  test("from the sample to a scene of one's own, without a network and with a broken photo", {
    timeout: 2 * PATIENCE,
  }, async () => {
    const { page, context, problems } = await open({ serviceWorkers: "allow" }, plainHost);
    expect(await faults(page)).toEqual([]);
    await page.waitForSelector("[data-testid=offline][data-state=ready]", { timeout: PATIENCE });

    await context.setOffline(true);
    await page.reload();
    await stateOf(page, "ready");
    await page.setInputFiles("[data-testid=photo-input]", [...PHOTOS]);
    await page.setInputFiles("[data-testid=photo-input]", BROKEN);
    await page.waitForSelector(".tray li:nth-child(3)");
    expect(await page.locator(".tray li:nth-child(3)").getAttribute("title")).toBe("broken.jpg");
    await stateOf(page, "empty");
    expect(await faults(page)).toEqual([]);

    const drawn = async () => Number(await page.getAttribute("canvas", "data-drawn-points"));
    await page.uncheck("[data-testid=dense] input");
    const { share } = await shareOfLongestTask(page, async () => {
      await page.click("[data-testid=reconstruct]");
      expect(await page.getAttribute("[data-testid=scene]", "data-state")).toBe("running");
      expect(await page.isVisible("[data-testid=progress]")).toBe(true);
      await stateOf(page, "ready");
      // The state tells of the scene, the canvas of the frame that was drawn last.
      await expect.poll(drawn, { timeout: PATIENCE }).toBeGreaterThan(3000);
    });
    expect(share).toBeLessThan(0.1);
    expect(await page.textContent(".scene-head")).toContain("broken.jpg cannot be read and was left out");
    expect(await faults(page)).toEqual([]);

    const glb = await download(page, "glb");
    const { issues } = await validateBytes(glb);
    expect(issues.numErrors, JSON.stringify(issues.messages)).toBe(0);
    const [found, expected] = [await pointsOf(glb), await pointsOf(await glbInNode(PHOTOS))];
    expect(Math.abs(found.length / expected.length - 1)).toBeLessThan(0.01);
    const apart = nearestNeighbors(found, expected).squaredDistances.map(Math.sqrt).sort();
    const size = expected.map(Math.abs).sort().at(-1)!;
    expect(apart[Math.floor(0.99 * apart.length)]! / size).toBeLessThan(1e-3);
    expect(text(await download(page, "ply"))).toMatch(/^ply\nformat binary_little_endian/);
    const colmap = text(await download(page, "colmap"));
    for (const name of ["sparse/0/cameras.bin", "sparse/0/points3D.bin", "images/courtyard-1.jpg"])
      expect(colmap).toContain(name);
    const units = async (): Promise<string> => JSON.parse(text(await download(page, "scene"))).units;
    expect(await units()).toBe("arbitrary");

    // A true length makes the scene metric, and so its files; undoing takes it back.
    await measure(page);
    await page.fill(".true-length input", "2 m");
    await page.click(".true-length button");
    expect(await page.textContent(".length")).toBe("2.00 m");
    expect(await units()).toBe("metres");
    expect(await faults(page)).toEqual([]);
    await page.getByRole("button", { name: "Undo" }).click();
    expect(await page.textContent(".length")).toContain("units");
    expect(await units()).toBe("arbitrary");

    // It is there on return.
    await page.reload();
    await stateOf(page, "ready");
    expect(await page.textContent(".length")).toContain("units");
    expect(Buffer.compare(await download(page, "glb"), glb)).toBe(0);
    await page.click(".photos li:nth-child(1) .look");
    expect(await faults(page)).toEqual([]);
    await page.getByRole("button", { name: /side by side/ }).click();
    expect(await faults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.click("[role=tab]:has-text('Photos')");
    expect(await page.locator(".tray li").count()).toBe(3);
    expect(await page.locator(".projects li").count()).toBe(1);
    expect(await faults(page)).toEqual([]);

    // A photo more makes a larger scene of it.
    await page.setInputFiles("[data-testid=photo-input]", THIRD);
    await page.waitForSelector(".tray li:nth-child(4)");
    await page.uncheck("[data-testid=dense] input");
    await page.click("[data-testid=reconstruct]");
    await page.waitForSelector("[data-testid=progress]");
    expect(await faults(page)).toEqual([]);
    await stateOf(page, "ready");
    expect(await page.locator(".photos li").count()).toBe(3);
    expect((await pointsOf(await download(page, "glb"))).length).toBeGreaterThan(1.2 * found.length);

    // With depth measured between the photos it is denser, in the view as in the files, and says what was measured.
    const atNetworkSize = await drawn();
    await page.click("[role=tab]:has-text('Photos')");
    await page.check("[data-testid=dense] input");
    await page.click("[data-testid=reconstruct]");
    await page.waitForSelector(".stages .now:has-text('Measuring depth')", { timeout: PATIENCE });
    await stateOf(page, "ready");
    await expect.poll(drawn, { timeout: PATIENCE }).toBeGreaterThan(10 * atNetworkSize);
    await page.fill("#confidence", "255");
    expect(await page.textContent(".control output")).toContain("measured");
    expect(await faults(page)).toEqual([]);
    const ply = await download(page, "ply");
    expect(text(ply)).toMatch(/property uchar photos/);
    expect(text(await download(page, "depth"))).toContain("source/courtyard-1.png");
    await page.reload();
    await stateOf(page, "ready");
    expect(Buffer.compare(await download(page, "ply"), ply)).toBe(0);
    expect(problems).toEqual([]);
  });

  test("a run can be canceled, and goes on after a reload in the middle", { timeout: PATIENCE }, async () => {
    const { page, problems } = await open();
    await page.setInputFiles("[data-testid=photo-input]", [...PHOTOS]);
    await page.waitForSelector(".tray li:nth-child(2)");
    const before = await heapOf(page);
    await page.click("[data-testid=reconstruct]");
    await page.waitForSelector(".stages .now:has-text('Encoding photos')");
    await page.click("[data-testid=cancel]");
    await stateOf(page, "empty");
    expect(await page.locator(".tray li").count()).toBe(2);
    await expect.poll(() => page.workers().length, { timeout: 10_000 }).toBe(0);
    expect(await heapOf(page)).toBeLessThan(1.2 * before);

    await page.click("[data-testid=reconstruct]");
    await page.waitForSelector(".stages .now");
    await page.reload();
    await page.waitForSelector(".tray li:nth-child(2)");
    expect(await page.textContent(".notice")).toContain("interrupted");
    await stateOf(page, "empty");
    expect(problems).toEqual([]);
  });

  test("photos are dropped in a folder, pasted, turned, moved, removed, and all of it undone", async () => {
    const { page, problems } = await open();
    await page.getByRole("button", { name: "New scene" }).click();
    await stateOf(page, "empty");
    expect(await faults(page)).toEqual([]);
    const folder = await mkdtemp(join(tmpdir(), "dust3r-dropped-"));
    onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
    for (const photo of PHOTOS) await copyFile(photo, join(folder, basename(photo)));
    // A folder, as photos lie on a disk.
    await drop(page, folder);
    const names = async (): Promise<(string | null)[]> =>
      await page.locator(".tray img").evaluateAll((images) => images.map((image) => image.getAttribute("alt")));
    await page.waitForSelector(".tray li:nth-child(2)");
    expect(await names()).toEqual(["courtyard-1.jpg", "courtyard-2.jpg"]);
    await page.getByRole("button", { name: "Later: photo 1, courtyard-1.jpg" }).click();
    expect(await names()).toEqual(["courtyard-2.jpg", "courtyard-1.jpg"]);
    await page.getByRole("button", { name: "Turn photo 2, courtyard-1.jpg" }).click();
    expect(await page.locator(".tray li:nth-child(2) img").getAttribute("data-turns")).toBe("1");
    // The focus stays where it was, so that one can go on with the keyboard.
    await page.keyboard.press("Enter");
    expect(await page.locator(".tray li:nth-child(2) img").getAttribute("data-turns")).toBe("2");
    await page.getByRole("button", { name: "Remove photo 1, courtyard-2.jpg" }).click();
    expect(await names()).toEqual(["courtyard-1.jpg"]);
    for (const _ of [1, 2, 3, 4]) await page.keyboard.press("Control+z");
    expect(await names()).toEqual(["courtyard-1.jpg", "courtyard-2.jpg"]);
    await page.keyboard.press("Control+y");
    expect(await names()).toEqual(["courtyard-2.jpg", "courtyard-1.jpg"]);
    await paste(page, await readFile(PHOTOS[0]!), "pasted.jpg");
    await page.waitForSelector(".tray li:nth-child(3)");
    expect(await names()).toEqual(["courtyard-2.jpg", "courtyard-1.jpg", "pasted.jpg"]);
    expect(problems).toEqual([]);
  });

  test.skipIf(!hasFfmpeg())("a video becomes photos; one that is none is named", async () => {
    const { page, problems } = await open();
    const folder = await mkdtemp(join(tmpdir(), "dust3r-clip-"));
    try {
      const clip = panningClip(join(folder, "walk.webm"));
      await page.setInputFiles("[data-testid=photo-input]", clip);
      // Whoever is quick meets a button that waits.
      await page.waitForSelector("[data-testid=reconstruct]:enabled");
      const names = await page
        .locator(".tray img")
        .evaluateAll((images) => images.map((image) => image.getAttribute("alt")));
      expect(names.length).toBeGreaterThanOrEqual(5);
      for (const name of names) expect(name).toMatch(/^walk-\d{6}\.jpg$/);
      expect(names).toEqual([...new Set(names)].sort());
      const broken = { name: "broken.mp4", mimeType: "video/mp4", buffer: Buffer.from("no video") };
      await page.setInputFiles("[data-testid=photo-input]", broken);
      await page.waitForSelector(".notice:has-text('broken.mp4: this is no video')");
      expect(await page.locator(".tray img").count()).toBe(names.length);
      expect(problems).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test("photos that cannot be read fail with a reason, on a phone as well", async () => {
    const { page, problems } = await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await page.setInputFiles("[data-testid=photo-input]", BROKEN);
    await page.waitForSelector(".tray li");
    await page.click("[data-testid=reconstruct]");
    await stateOf(page, "failed");
    expect(await page.textContent("[role=alert]")).toContain("broken.jpg");
    expect(await faults(page)).toEqual([]);
    for (const target of await page.locator("button:visible").all()) {
      const { width, height } = (await target.boundingBox())!;
      expect(Math.max(width, height)).toBeGreaterThanOrEqual(44);
      expect(height).toBeGreaterThanOrEqual(40);
    }
    expect(problems).toEqual([]);
  });

  test("where a server offers to compute, photos go there and its files come back", async () => {
    const served = await serverOfJobs();
    const { page, problems } = await open({}, served);
    expect(await page.textContent(".privacy")).toContain("sent to the server");
    expect(await page.isVisible("[data-testid=offline]")).toBe(false);
    await page.setInputFiles("[data-testid=photo-input]", [...PHOTOS]);
    await page.waitForSelector(".tray li:nth-child(2)");
    await page.click("[data-testid=reconstruct]");
    await page.waitForSelector(".scene-title");
    await stateOf(page, "ready");
    expect(text(await download(page, "glb"))).toBe("the server's scene.glb");
    expect(text(await download(page, "depth"))).toContain("depth/a.png");
    expect(problems).toEqual([]);
    await served.close();
  });

  /** Without a service worker unless told otherwise: it would keep all of the app for every context anew. */
  async function open(options: Parameters<Browser["newContext"]>[0] = {}, at = isolatingHost): Promise<Opened> {
    const viewport = { width: 1100, height: 700 };
    const context = await browser.newContext({ viewport, serviceWorkers: "block", ...options });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      // The browser itself says so to whoever asks for WebGPU where there is none.
      if (message.text() === "No available adapters.") return;
      // Playwright says so.
      if (message.text().startsWith("Service Worker registration blocked")) return;
      if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
    });
    await watchLongTasks(page);
    await page.goto(at.resolvedUrls!.local[0]!);
    // The service worker isolates the page by loading it once more.
    const isIsolated = async (): Promise<unknown> => await page.evaluate("crossOriginIsolated").catch(() => false);
    await expect.poll(isIsolated, { timeout: 30_000 }).toBe(true);
    await stateOf(page, "ready");
    await page.waitForSelector(".tray li:nth-child(4)");
    return { context, page, problems };
  }
});

/** Answers as `dust3r serve` does, at once: every job gets the sample's scene. */
async function serverOfJobs(): Promise<PreviewServer> {
  const report = await readFile(join(BUILT, "sample/report.json"), "utf8");
  const page = `<script type="application/json" id="report-data">${report}</script>`;
  const files = ["index.html", "scene.glb", "scene.json", "depth/a.png"].map((name) => ({ name }));
  const photos = [1, 2, 3, 4].map((i) => ({ label: `courtyard-${i}.jpg` }));
  const job = { id: "", state: "done", photos, files, error: null };
  const jobs: Plugin = {
    name: "jobs",
    configurePreviewServer({ middlewares }) {
      middlewares.use("/api", (request, response) => {
        const [, what, id, rest, ...name] = (request.url ?? "").split("/");
        if (what === "server") response.end(JSON.stringify({ name: "dust3r" }));
        else if (request.method === "PUT")
          request.resume().on("end", () => response.end(JSON.stringify({ ...job, id })));
        else if (rest === "events") {
          response.setHeader("Content-Type", "text/event-stream");
          response.write(`event: progress\ndata: ${JSON.stringify({ stage: "encode", done: 1, total: 2 })}\n\n`);
          response.end(`event: job\ndata: ${JSON.stringify({ ...job, id })}\n\n`);
        } else response.end(name[0] === "index.html" ? page : `the server's ${name.join("/")}`);
      });
    },
  };
  return await host({ headers: ISOLATED, plugins: [jobs] });
}

/** Serves the built app. */
async function host({ headers = {}, plugins = [] }: { headers?: Record<string, string>; plugins?: Plugin[] } = {}) {
  const config = { configFile: false, logLevel: "error", build: { outDir: BUILT } } as const;
  return await preview({ ...config, plugins, preview: { port: 0, host: "localhost", headers } });
}

/** Positions of the points of a GLB file, `[count, 3]`, in its own frame. */
async function pointsOf(glb: Uint8Array): Promise<Float32Array> {
  const root = (await new WebIO().readBinary(glb)).getRoot();
  const node = root.listNodes().find((one) => one.getName() === "points")!;
  return node.getMesh()!.listPrimitives()[0]!.getAttribute("POSITION")!.getArray() as Float32Array;
}

/** What the app does by itself, in Node. */
async function glbInNode(photos: readonly string[]): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "dust3r-node-"));
  try {
    await writeSceneFolder(await reconstruct(photos, { dense: "none" }), folder, { kinds: ["glb"] });
    return await readFile(join(folder, "scene.glb"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Opened {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What was complained of: errors, warnings, violations of the content security policy. */
  readonly problems: string[];
}

async function stateOf(page: Page, state: "empty" | "ready" | "failed"): Promise<void> {
  await page.waitForSelector(`[data-testid=scene][data-state=${state}]`, { timeout: PATIENCE });
}

/** Bytes of the page's own heap that are in use; what workers have ends with them. */
async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}

/** Serious faults that axe finds, in both themes. */
async function faults(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as axe.AxeResults;
    for (const { id, impact, nodes } of violations)
      if (impact === "serious" || impact === "critical") found.push(`${colorScheme}: ${id}: ${nodes[0]?.html}`);
  }
  return found;
}

async function download(page: Page, kind: string): Promise<Uint8Array> {
  const waiting = page.waitForEvent("download", { timeout: PATIENCE });
  await page.click(`[data-testid=download-${kind}]`);
  return new Uint8Array(await readFile(await (await waiting).path()));
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** Drops a file or a folder from elsewhere on the page. */
async function drop(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await session.send("Input.dispatchDragEvent", { type, x: 200, y: 200, data });
  await session.detach();
}

/** Pastes a file as from a clipboard. */
async function paste(page: Page, bytes: Buffer, name: string): Promise<void> {
  await page.evaluate(
    ([base64, name]) => {
      const clipboardData = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      clipboardData.items.add(new File([bytes], name, { type: "image/jpeg" }));
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
    },
    [bytes.toString("base64"), name] as const,
  );
}

/** Clicks over the stage until two of the clicks hit points. */
async function measure(page: Page): Promise<void> {
  await page.getByTestId("measure").click();
  const box = (await page.locator("canvas").boundingBox())!;
  for (const y of [0.4, 0.5, 0.3, 0.6]) {
    for (const x of [0.3, 0.4, 0.5, 0.6, 0.7]) {
      await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
      if ((await page.locator(".length").count()) > 0) return;
    }
  }
  throw new Error("there are no points in the middle of the stage");
}
