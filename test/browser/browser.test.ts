import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { unzipSync } from "fflate";
import type { Browser } from "playwright-core";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openModel, predictPairs, reconstruct, writeSceneFolder } from "../../src/index.ts";
import { SCENE_JSON } from "../../src/scene-file/scene-schema.ts";
import { SAMPLE_PHOTOS } from "../cli/photos.ts";
import { buildPage } from "./build-page.ts";
import { shareOfLongestTask } from "./long-tasks.ts";
import { CHROMIUM, launchChromium, openPage } from "./open-page.ts";
import { type Site, serveFolders } from "./serve-folder.ts";

const MODELS = resolve(import.meta.dirname, "../../models");
const FIXTURES = resolve(import.meta.dirname, "../fixtures");
const PHOTOS = ["courtyard-1.jpg", "courtyard-2.jpg", "courtyard-3.jpg"];
const paths = PHOTOS.map((name) => join(SAMPLE_PHOTOS, name));
const urls = PHOTOS.map((name) => `/photos/${name}`);
const MODEL = "/models/tiny/model.safetensors";
/** Small enough for a software renderer, which compiles its shaders on the processor. */
const LINEAR = "tiny_linear_weights.safetensors";
const KINDS = ["depth", "ply", "glb", "mesh", "surfaces", "colmap", "nerfstudio"] as const;

describe.skipIf(!existsSync(CHROMIUM))("the library in Chromium", { timeout: 300_000 }, () => {
  let folder = "";
  let photos = "";
  let site: Site;
  let browser: Browser;
  let inNode: Awaited<ReturnType<typeof openModel>>;

  beforeAll(async () => {
    inNode = await openModel({ model: "tiny", device: "cpu" });
    folder = await mkdtemp(join(tmpdir(), "dust3r-browser-"));
    photos = await mkdtemp(join(tmpdir(), "dust3r-photos-"));
    await buildPage(folder);
    site = await serveFolders({
      "/": folder,
      "/models/": MODELS,
      "/fixtures/": FIXTURES,
      "/photos/": SAMPLE_PHOTOS,
      "/made/": photos,
    });
    browser = await launchChromium();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
    await inNode?.close();
    await rm(folder, { recursive: true, force: true });
    await rm(photos, { recursive: true, force: true });
  });
  const open = async () => await openPage(browser, site.url);

  test("the network predicts for a pair what it does in Node, and the photos are the same", async () => {
    const { page, problems } = await open();
    const found = await page.evaluate(async ([urls, model]) => dust3r.predictPairs(urls, { model, device: "cpu" }), [
      urls.slice(0, 2),
      MODEL,
    ] as const);
    const expected = await predictPairs(paths.slice(0, 2), { model: inNode });
    expect(found.predictions.length).toBe(2);
    for (const [i, view] of expected.views.entries()) {
      const { rgb, path: _, ...rest } = found.views[i]!;
      expect(rest).toEqual({ ...view, rgb: undefined, path: undefined });
      expect(largest(rgb, view.rgb)).toBeLessThanOrEqual(1.01);
      expect(meanDifference(rgb, view.rgb)).toBeLessThan(0.05);
    }
    for (const [i, prediction] of expected.predictions.entries()) {
      for (const map of ["pointmap1", "pointmap2", "confidence1", "confidence2"] as const) {
        expect(relative(found.predictions[i]![map], prediction[map]), `${map} of pair ${i}`).toBeLessThan(1e-4);
      }
    }
    expect(problems).toEqual([]);
  });

  test("depth is measured between photos as in Node, and is in the files", async () => {
    const { page, problems } = await open();
    const how = { dense: "stereo", depthSize: 160 } as const;
    const found = await page.evaluate(
      async ([urls, model, how]) => {
        const result = await dust3r.reconstruct(urls, { model, device: "cpu", ...how });
        const { files, sceneJson } = await dust3r.exportScene(result, { kinds: ["depth", "ply"] });
        const ply = await files.find(({ name }) => name === "points.ply")!.blob.text();
        return {
          maps: await Promise.all(result.dense!.maps.map(async (map) => await map?.load())),
          points: result.dense!.points.photos.length,
          names: files.map(({ name }) => name),
          ply: ply.slice(0, 400),
          sources: sceneJson.images.map(({ source }) => source?.file),
        };
      },
      [urls, MODEL, how] as const,
    );
    const expected = await reconstruct(paths, { model: inNode, ...how });
    const maps = await Promise.all(expected.dense!.maps.map(async (map) => await map?.load()));
    expect(maps.filter((map) => map !== undefined).length).toBeGreaterThanOrEqual(2);
    for (const [i, map] of maps.entries()) {
      const own = found.maps[i];
      expect(own === undefined).toBe(map === undefined);
      if (map === undefined) continue;
      expect([own!.width, own!.height]).toEqual([map.width, map.height]);
      const ratios = map.depth.map((z, k) => Math.abs(own!.depth[k]! / z - 1)).sort();
      expect(ratios[ratios.length >> 1]).toBeLessThan(0.01);
      const same = map.source.reduce((sum, source, k) => sum + (own!.source[k] === source ? 1 : 0), 0);
      expect(same / map.source.length).toBeGreaterThan(0.9);
    }
    expect(found.points).toBeGreaterThan(0.8 * expected.dense!.points.photos.length);
    expect(found.ply).toContain(`element vertex ${found.points}`);
    expect(found.sources.filter((file) => file !== undefined).length).toBe(maps.filter((map) => map).length);
    for (const file of found.sources) if (file) expect(found.names).toContain(file);
    expect(problems).toEqual([]);
  });

  test("three photos become the scene that they do in Node, refined, and the files that the command line writes", async () => {
    const { page, problems } = await open();
    const { outcome: found, share } = await shareOfLongestTask(
      page,
      async () =>
        await page.evaluate(
          async ([urls, model, kinds]) => {
            const stages: string[] = [];
            const result = await dust3r.reconstruct(urls, {
              model,
              device: "cpu",
              dense: "none",
              onProgress: ({ stage }) => stages.push(stage),
            });
            const { files, sceneJson } = await dust3r.exportScene(result, { kinds });
            const zip = await dust3r.zipFiles(files);
            return {
              photos: result.photos.map(({ depth, confidence, points, ...photo }) => photo),
              depths: result.scene.images.map(({ depth }) => depth),
              points: result.photos[0]!.points().positions.length,
              refinement: result.scene.refinement,
              inputs: result.files,
              sceneJson,
              sizes: files.map(({ name, blob }) => [name, blob.size] as const),
              zip: new Uint8Array(await zip.arrayBuffer()),
              stages: [...new Set(stages)],
            };
          },
          [urls, MODEL, KINDS] as const,
        ),
    );
    expect(share).toBeLessThan(0.1);
    const expected = await reconstruct(paths, { model: inNode, dense: "none" });
    expect(found.refinement).toMatchObject({ verifiedPairs: expected.scene.refinement!.verifiedPairs });
    expect(found.inputs).toEqual(urls);
    for (const [i, photo] of expected.photos.entries()) {
      const own = found.photos[i]!;
      expect(own).toMatchObject({
        name: photo.name,
        width: photo.width,
        height: photo.height,
        registered: photo.registered,
      });
      expect(own.intrinsics.fx / photo.intrinsics.fx).toBeCloseTo(1, 3);
      expect(own.worldFromCam === undefined).toBe(photo.worldFromCam === undefined);
      if (photo.worldFromCam === undefined) continue;
      expect(relative(own.worldFromCam!, photo.worldFromCam)).toBeLessThan(1e-3);
      expect(relative(found.depths[i]!, expected.scene.images[i]!.depth)).toBeLessThan(1e-3);
    }
    expect(found.points).toBe(expected.photos[0]!.points().positions.length);
    const unzipped = unzipSync(found.zip);
    expect(Object.entries(unzipped).map(([name, bytes]) => [name, bytes.length])).toEqual(found.sizes);
    const written = await mkdtemp(join(tmpdir(), "dust3r-written-"));
    try {
      const { files } = await writeSceneFolder(expected, written, { kinds: KINDS });
      expect(Object.keys(unzipped)).toEqual(files);
      const copies = files.filter((name) => name.endsWith(".jpg"));
      expect(copies.length).toBe(expected.photos.filter(({ registered }) => registered).length);
      for (const name of copies)
        expect(Buffer.from(unzipped[name]!).equals(await readFile(join(written, name))), name).toBe(true);
    } finally {
      await rm(written, { recursive: true, force: true });
    }
    expect(SCENE_JSON.parse(found.sceneJson)).toEqual(found.sceneJson);
    expect(found.stages).toEqual(
      expect.arrayContaining(["download", "images", "encode", "decode", "features", "refine", "align"]),
    );
    expect(problems).toEqual([]);
  });

  test("an abort in the middle rejects at once, ends the workers, and leaves an open model usable", async () => {
    const { page, problems } = await open();
    const outcome = await page.evaluate(
      async ([urls, model]) => {
        const aborted = async (options: Parameters<typeof dust3r.reconstruct>[1]) => {
          const abort = new AbortController();
          let seen = 0;
          let later = 0;
          const onProgress = ({ stage }: { readonly stage: string }) => {
            if (abort.signal.aborted) later++;
            if (stage === "decode" && seen++ === 1) abort.abort(new Error("enough"));
          };
          const error = await dust3r
            .reconstruct(urls, { ...options, signal: abort.signal, onProgress })
            .catch((e) => e);
          return { message: (error as Error).message, later };
        };
        const choice = { model, device: "cpu", mirror: false } as const;
        const alone = await aborted(choice);
        const open = await dust3r.openModel(choice);
        const within = await aborted({ model: open });
        const { registered } = (await dust3r.reconstruct(urls.slice(0, 1), { model: open })).photos[0]!;
        const closing = dust3r.reconstruct(urls, { model: open }).catch((e) => (e as Error).message);
        await open.close();
        return { alone, within, registered, closing: await closing };
      },
      [urls, MODEL] as const,
    );
    // At once: before any more of the work reports progress.
    const atOnce = { message: "enough", later: 0 };
    expect(outcome).toEqual({ alone: atOnce, within: atOnce, registered: true, closing: "the model is closed" });
    await expect.poll(() => page.workers().length, { timeout: 30_000 }).toBe(0);
    expect(problems).toEqual([]);
  });

  test("weights are kept, come from a file, and are held to their hash; finished pairs are kept under a name", async () => {
    const { page } = await open();
    const before = site.requests.length;
    const loads = () => site.requests.slice(before).filter((path) => path === MODEL).length;
    const outcome = await page.evaluate(
      async ([urls, model]) => {
        const pair = urls.slice(0, 2);
        const first = await dust3r.openModel({ model, device: "cpu", mirror: false });
        const reused = async (count: number) => {
          let most = 0;
          await dust3r.reconstruct(urls.slice(0, count), {
            model: first,
            refine: "none",
            store: "a scene",
            onProgress: ({ stage, reused = 0 }) => {
              if (stage === "decode") most = Math.max(most, reused);
            },
          });
          return most;
        };
        const counts = [await reused(2), await reused(2), await reused(3)];
        await dust3r.removeStore("a scene");
        counts.push(await reused(2));
        await first.close();
        await (await dust3r.openModel({ model, device: "cpu" })).close();
        const weights = new File([await (await fetch(model)).blob()], "mine.safetensors");
        const config = new URL("config.json", new URL(model, location.href));
        const digest = [...new Uint8Array(await crypto.subtle.digest("SHA-256", await weights.arrayBuffer()))];
        const sha256 = digest.map((byte) => byte.toString(16).padStart(2, "0")).join("");
        const opened = await dust3r.openModel({ model: { weights, config, sha256 }, device: "cpu", mirror: false });
        const { name } = opened;
        const { predictions } = await dust3r.predictPairs(pair, { model: opened });
        await opened.close();
        const refusal = async (from: File | string) =>
          await dust3r.openModel({ model: { weights: from, config, sha256: "0".repeat(64) }, device: "cpu" }).then(
            async (m) => await m.close(),
            (e: Error) => `${e.name}: ${e.message}`,
          );
        return {
          counts,
          name,
          predictions: predictions.length,
          wrong: [await refusal(weights), await refusal(model)],
        };
      },
      [urls, MODEL] as const,
    );
    expect(outcome.counts).toEqual([0, 2, 2, 0]);
    expect(outcome.name).toContain("mine.safetensors");
    expect(outcome.predictions).toBe(2);
    for (const message of outcome.wrong) expect(message).toMatch(/^InputError: .*SHA-256 [0-9a-f]{64} and 0{64}/);
    // Once into the cache, once by the test itself, and once more for the wrong hash.
    expect(loads()).toBe(3);
  });

  test("photos are read as in Node: turned, with alpha, in 16 bits, HEIC; broken ones are said to be", async () => {
    const { page, problems } = await open();
    const jpeg = await readFile(paths[0]!);
    const turned = await sharp(jpeg)
      .withExif({ IFD0: { Orientation: "6" }, IFD2: { FocalLengthIn35mmFilm: "28" } })
      .jpeg()
      .toBuffer();
    const photo = sharp(jpeg).resize(320, 240);
    const alpha = {
      create: { width: 320, height: 240, channels: 4, background: { r: 9, g: 200, b: 30, alpha: 0.3 } },
    } as const;
    const made: Readonly<Record<string, Uint8Array>> = {
      "turned.jpg": turned,
      "alpha.png": await sharp(alpha)
        .composite([{ input: await photo.clone().png().toBuffer(), blend: "dest-over" }])
        .png()
        .toBuffer(),
      "half.png": await sharp(await photo.clone().png().toBuffer())
        .joinChannel(Buffer.alloc(320 * 240, 77), { raw: { width: 320, height: 240, channels: 1 } })
        .png()
        .toBuffer(),
      "deep.png": await photo
        .clone()
        .toColourspace("rgb16")
        .png({ bitdepth: 16 } as object)
        .toBuffer(),
      "photo.webp": await photo.clone().webp({ lossless: true }).toBuffer(),
      "gray.png": await photo.clone().grayscale().png().toBuffer(),
      "gradient.heic": await readFile(join(FIXTURES, "gradient.heic")),
    };
    for (const [name, bytes] of Object.entries(made)) await writeFile(join(photos, name), bytes);
    await writeFile(join(photos, "cut.jpg"), jpeg.subarray(0, jpeg.length / 2));
    await writeFile(join(photos, "empty.jpg"), "");
    await writeFile(join(photos, "text.jpg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
    await writeFile(join(photos, "cut.png"), made["deep.png"]!.subarray(0, 3000));
    const names = Object.keys(made);
    const broken = ["cut.jpg", "empty.jpg", "text.jpg", "cut.png"];
    const found = await page.evaluate(
      async ([names, broken, model]) => {
        const opened = await dust3r.openModel({ model, device: "cpu", mirror: false });
        const urls = (list: readonly string[]) => list.map((name) => `/made/${name}`);
        const views = [];
        for (const url of urls(names)) views.push((await dust3r.reconstruct([url], { model: opened })).views[0]!);
        const error = await dust3r.reconstruct(urls(broken), { model: opened }).catch((e) => e);
        const left = await dust3r.reconstruct([...urls(broken), "/photos/courtyard-1.jpg"], {
          model: opened,
          skipBroken: true,
        });
        await opened.close();
        return { views, error: `${error.name}: ${error.message}`, files: left.files };
      },
      [names, broken, MODEL] as const,
    );
    for (const [i, name] of names.entries()) {
      const [view] = (await reconstruct([join(photos, name)], { model: inNode })).views;
      const { rgb, path: _, ...rest } = found.views[i]!;
      expect(rest).toEqual({ ...view, rgb: undefined, path: undefined });
      expect(largest(rgb, view!.rgb), name).toBeLessThanOrEqual(name === "gradient.heic" ? 2.01 : 1.01);
    }
    expect(found.error).toMatch(/^InputError: 4 photos cannot be used:/);
    for (const name of broken) expect(found.error).toContain(`${name}: `);
    expect(found.files).toEqual(["/photos/courtyard-1.jpg"]);
    expect(problems).toEqual([]);
  });

  test("twenty photos become one scene, and nothing of the work is left", async () => {
    const { page, problems } = await open();
    const names = Array.from({ length: 20 }, (_, i) => `walk-${i}.jpg`);
    for (const [i, name] of names.entries()) {
      const part = { left: 4 * i, top: 2 * i, width: 400, height: 300 };
      await writeFile(join(photos, name), await sharp(paths[0]).extract(part).jpeg().toBuffer());
    }
    const found = await page.evaluate(
      async ([urls, model]) => {
        const { scene } = await dust3r.reconstruct(urls, {
          ...{ model, device: "cpu", size: 48, mirror: false, refine: "none" },
          pairs: { kind: "window", size: 1, cyclic: true },
        });
        return scene.images.length;
      },
      [names.map((name) => `/made/${name}`), MODEL] as const,
    );
    expect(found).toBe(20);
    await expect.poll(() => page.workers().length, { timeout: 30_000 }).toBe(0);
    expect(problems).toEqual([]);
  });

  test("a page without the headers for threads works with one", async () => {
    await using plain = await serveFolders(
      { "/": folder, "/models/": MODELS, "/photos/": SAMPLE_PHOTOS },
      { isolated: false },
    );
    const { page, problems } = await openPage(browser, plain.url);
    const found = await page.evaluate(
      async ([url, model]) => {
        const { photos } = await dust3r.reconstruct([await (await fetch(url)).blob()], { model, threads: 2 });
        return { isolated: crossOriginIsolated, name: photos[0]!.name, registered: photos[0]!.registered };
      },
      [urls[0]!, MODEL] as const,
    );
    expect(found).toEqual({ isolated: false, name: "photo-1", registered: true });
    expect(problems).toEqual([]);
  });

  test("on WebGPU, here a software renderer, a network predicts what it does on Node's CPU", async ({ skip }) => {
    const drawing = await launchChromium({ webgpu: true });
    try {
      const { page, problems } = await openPage(drawing, site.url);
      const found = await page.evaluate(
        async ([urls, model]) => {
          const { gpu } = navigator as Navigator & { gpu?: { requestAdapter(): Promise<unknown> } };
          if (!(await gpu?.requestAdapter())) return undefined;
          const opened = await dust3r.openModel({ model, device: "webgpu", size: 32 });
          const { predictions } = await dust3r.predictPairs(urls, { model: opened });
          await opened.close();
          return { device: opened.device, predictions };
        },
        [urls.slice(0, 2), `/fixtures/${LINEAR}`] as const,
      );
      skip(found === undefined, "no adapter: libvulkan1 is missing");
      const model = join(FIXTURES, LINEAR);
      const { predictions } = await predictPairs(paths.slice(0, 2), { model, device: "cpu", size: 32 });
      expect(found!.device).toBe("webgpu");
      for (const [i, prediction] of predictions.entries()) {
        for (const map of ["pointmap1", "pointmap2", "confidence1", "confidence2"] as const)
          expect(relative(found!.predictions[i]![map], prediction[map]), map).toBeLessThan(1e-3);
      }
      expect(problems).toEqual([]);
    } finally {
      await drawing.close();
    }
  });
});

/** Length of the difference relative to what is expected. */
function relative(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [error, length] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    error += (found[i]! - expected[i]!) ** 2;
    length += expected[i]! ** 2;
  }
  return Math.sqrt(error / length);
}

function largest(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let most = found.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < expected.length; i++) most = Math.max(most, Math.abs(found[i]! - expected[i]!));
  return most;
}

function meanDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < expected.length; i++) sum += Math.abs(found[i]! - expected[i]!);
  return sum / expected.length;
}
