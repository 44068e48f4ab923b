import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { decode } from "fast-png";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { buildViewer } from "../scripts/build-viewer.ts";
import { trackPointsOf } from "../src/core/track-points.ts";
import { imageColor, linearFromSrgb } from "../src/export/image-color.ts";
import { choosePointFilter } from "../src/export/point-filter.ts";
import { encodeReport } from "../src/export/report.ts";
import { sceneTracks } from "../src/export/tracks/scene-tracks.ts";
import { summarizeTracks } from "../src/export/tracks/summarize-tracks.ts";
import { encodeJpeg } from "../src/platform/node/image-codec.ts";
import { CHROMIUM } from "./browser/open-page.ts";
import { syntheticScene } from "./synthetic-scene.ts";

const SOFTWARE_GL = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
const HOSTILE = [
  "<img src=x onerror=globalThis.hostile=1>.jpg",
  "</script><script>globalThis.hostile=1</script>.jpg",
  '"><svg onload=globalThis.hostile=1>.jpg',
];
const DESKTOP = { width: 780, height: 440 };

describe.skipIf(!existsSync(CHROMIUM))("the report page in Chromium", () => {
  const { scene, views } = syntheticScene({ names: HOSTILE, size: { width: 96, height: 72 } });
  const tracks = sceneTracks(scene, 3);
  const trackSummary = summarizeTracks(tracks, views);
  let folder = "";
  let browser: Browser;

  let viewerHtml = "";

  beforeAll(async () => {
    viewerHtml = await buildViewer();
    folder = await mkdtemp(join(tmpdir(), "dust3r-report-"));
    const page = await encodeReport(scene, views, {
      run: { model: { name: "tiny", dtype: "fp32", device: "cpu" }, timings: { encode: 75 }, peakMemoryBytes: 2 ** 31 },
      filter: choosePointFilter(scene, 3),
      tracks,
      trackSummary,
      status: "ok",
      warnings: ["The model <b>tiny</b> is weak."],
      encodeJpeg,
      viewerHtml,
    });
    await writeFile(join(folder, "index.html"), page);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: SOFTWARE_GL });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Tests that share a page, each of which leaves it as the others need it. */
  function onOnePage(title: string, tests: (opened: () => Opened) => void): void {
    describe(title, () => {
      let shared: Opened;
      beforeAll(async () => {
        shared = await open(browser, folder, DESKTOP);
      });
      afterAll(() => shared?.page.context().close());
      tests(() => shared);
    });
  }

  /** A page of the test's own; open pages go on drawing. */
  async function openHere(place: string, screen: Screen): Promise<Opened> {
    const opened = await open(browser, place, screen);
    onTestFinished(() => opened.page.context().close());
    return opened;
  }

  onOnePage("as it opens", (opened) => {
    test("it draws the scene, from a file, without a complaint and without the network", async () => {
      const { page, problems, requests } = opened();
      expect(await litShare(page)).toBeGreaterThan(0.1);
      expect(problems).toEqual([]);
      expect(requests.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([]);
    });

    test("the first view holds every camera", async () => {
      const { page } = opened();
      const { pixel, width, height } = await stagePicture(page);
      for (const index of HOSTILE.keys()) {
        const tint = imageColor(index).map((value) => 255 * value);
        let [seen, cut] = [0, 0];
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            if (pixel(x, y).some((value, k) => Math.abs(value - tint[k]!) > 30)) continue;
            seen++;
            if (Math.min(x, y, width - 1 - x, height - 1 - y) < 4) cut++;
          }
        }
        expect(seen).toBeGreaterThan(50);
        expect(cut).toBe(0);
      }
    });

    test("file names and warnings are text, never markup", async () => {
      const { page, dialogs } = opened();
      expect(await page.evaluate("globalThis.hostile")).toBeUndefined();
      expect(dialogs).toEqual([]);
      expect(await page.locator(".photos b").allTextContents()).toEqual(HOSTILE);
      expect(await page.textContent(".banner p")).toBe("The model <b>tiny</b> is weak.");
      // Even markup that did get in could run nothing.
      await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=globalThis.hostile=2>')");
      await page.waitForTimeout(200);
      expect(await page.evaluate("globalThis.hostile")).toBeUndefined();
    });

    test("it tells how well the photos agree, one by one and in pairs", async () => {
      const { page } = opened();
      const [first] = trackSummary.images;
      const told = await page.locator(".photos li:nth-child(1) small").allTextContents();
      const points = first!.points.toLocaleString("en-US");
      expect(told[1]).toBe(`${points} shared · 2 others · ${first!.reprojectionError!.toFixed(2)} px`);
      const shared = await page.locator("td.count").allTextContents();
      const expected = [
        trackSummary.sharedPoints(0, 1),
        trackSummary.sharedPoints(1, 2),
        trackSummary.sharedPoints(0, 2),
      ];
      expect(shared).toEqual(expected.map((count) => count.toLocaleString("en-US")));
    });

    test.each(["dark", "light"] as const)(
      "it follows a %s browser, and its words are readable",
      async (colorScheme) => {
        const { page } = opened();
        await page.emulateMedia({ colorScheme });
        const ground = luminance(await style(page, ".panel", "backgroundColor"));
        expect(ground > 0.5).toBe(colorScheme === "light");
        for (const words of ["h1", "header p", "output", ".photo-text small", "summary"]) {
          const ink = luminance(await style(page, words, "color"));
          expect((Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05)).toBeGreaterThanOrEqual(4.5);
        }
      },
    );

    test("the confidence slider decides how many points are drawn", async () => {
      const { page } = opened();
      const passing = (least: number): number => {
        return scene.images.flatMap(({ confidence }) => [...confidence].filter((value) => value >= least)).length;
      };
      // The bar sits on one of 256 steps, so that a few points just below it are drawn as well.
      expect(await drawnPoints(page)).toBeGreaterThanOrEqual(passing(3));
      expect(await drawnPoints(page)).toBeLessThan(1.03 * passing(3));
      await moveSlider(page, 0);
      expect(await drawnPoints(page)).toBe(3 * 96 * 72);
      expect(await page.textContent("header p")).toBe("3 photos · 20,736 points drawn");
      await moveSlider(page, 255);
      expect(await drawnPoints(page)).toBeLessThan(0.01 * passing(1));
    });

    test("buttons say which photo they mean", async () => {
      const { page } = opened();
      for (const name of HOSTILE) {
        expect(await page.getByRole("button", { name: `Look through ${name}` }).count()).toBe(1);
        expect(await page.getByRole("button", { name: `Points of ${name}`, exact: true }).count()).toBe(1);
      }
      await page.click(".photos li:nth-child(2) .look");
      expect(await page.getByRole("button", { name: `Previous photo: ${HOSTILE[0]}` }).isVisible()).toBe(true);
      expect(await page.getByRole("button", { name: `Next photo: ${HOSTILE[2]}` }).isVisible()).toBe(true);
    });
  });

  onOnePage("looking through a photo", (opened) => {
    test("a photo can be looked through, laid over the points, and left", async () => {
      const { page } = opened();
      await page.click(".photos li:nth-child(2) .look");
      await page.waitForTimeout(1000);
      expect(await page.textContent(".look-bar b")).toBe(HOSTILE[1]);
      // From the camera itself the points fill the picture.
      expect(await litShare(page)).toBeGreaterThan(0.5);
      await page.keyboard.press("ArrowRight");
      expect(await page.textContent(".look-bar b")).toBe(HOSTILE[2]);
      await page.keyboard.press("Escape");
      expect(await page.isVisible(".look-bar")).toBe(false);
    });

    test("depth, confidence and shared points of a photo can be laid over the points", async () => {
      const { page } = opened();
      await page.click(".photos li:nth-child(2) .look");
      await page.waitForTimeout(1000);
      const pictures = [await stageBytes(page)];
      for (const layer of ["photo", "depth", "confidence", "tracks"]) {
        await page.selectOption(".look-bar select", layer);
        await settle(page);
        pictures.push(await stageBytes(page));
      }
      expect(new Set(pictures).size).toBe(5);
      await page.keyboard.press("Escape");
      await page.click(".photos li:nth-child(2) .look");
      expect(await page.inputValue(".look-bar select")).toBe("photo");
      expect(await page.inputValue(".look-bar input")).toBe("0");
    });

    test("matches of two photos, and depth and confidence beside a photo, are shown in a window", async () => {
      const { page, problems } = opened();
      await page.click("summary:has-text('Pairs')");
      await page
        .getByRole("button", { name: /^Matches of/ })
        .first()
        .click();
      expect(await page.locator("dialog line").count()).toBeGreaterThan(20);
      await page.keyboard.press("Escape");
      await page.click(".photos li:nth-child(2) .look");
      await page.getByRole("button", { name: /side by side/ }).click();
      expect(await page.locator("dialog figure").count()).toBe(3);
      await page.getByRole("button", { name: "Close" }).click();
      await expect.poll(() => page.locator("dialog").count(), { timeout: 30_000 }).toBe(0);
      expect(problems).toEqual([]);
    });
  });

  onOnePage("from the first view", (opened) => {
    test("the keyboard orbits, zooms and comes back", async () => {
      const { page } = opened();
      await page.focus("canvas");
      await page.keyboard.press("Home");
      const seen = new Set([await stageBytes(page)]);
      for (const key of ["ArrowLeft", "ArrowUp", "+", "-", "-"]) {
        await page.keyboard.press(key);
        await settle(page);
        seen.add(await stageBytes(page));
      }
      // "-" undoes "+": of six views two are the same.
      expect(seen.size).toBe(5);
      await page.keyboard.press("Home");
      await settle(page);
      expect(seen.has(await stageBytes(page))).toBe(true);
    });

    test("points show how they look, which photo they are from, or how sure the network is", async () => {
      const { page } = opened();
      await page.click("text=Cameras");
      const colors = async (coloring: string): Promise<Set<string>> => {
        await page.selectOption("#coloring", coloring);
        await settle(page);
        const { pixel, width, height } = await stagePicture(page);
        const found = new Set<string>();
        for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) found.add(pixel(x, y).join());
        return found;
      };
      const looks = await colors("picture");
      const tints = HOSTILE.map((_, i) => imageColor(i).map((value) => Math.round(255 * value)));
      const byPhoto = await colors("photo");
      for (const tint of tints) {
        const near = [...byPhoto].some((color) =>
          color.split(",").every((v, k) => Math.abs(Number(v) - tint[k]!) <= 2),
        );
        expect(near).toBe(true);
      }
      const byConfidence = await colors("confidence");
      expect(byConfidence.size).toBeGreaterThan(byPhoto.size);
      expect(await colors("picture")).toEqual(looks);
      await page.click("text=Cameras");
    });

    test("a distance is measured with two clicks, and a true length gives the scene its scale", async () => {
      const { page } = opened();
      await page.click("text=Cameras");
      await page.getByTestId("measure").click();
      const stage = (await page.locator("#stage").boundingBox())!;
      const [left, right] = await pointsOnMiddleRow(page);
      await page.mouse.click(stage.x + left, stage.y + stage.height / 2);
      expect(await page.textContent(".measure-hint")).toContain("second");
      await page.mouse.click(stage.x + right, stage.y + stage.height / 2);
      expect(await page.textContent(".length")).toMatch(/^[\d.]+ units$/);
      await page.fill(".true-length input", "no length");
      await page.click(".true-length button");
      expect(await page.textContent(".measure-hint")).toContain("80 cm");
      await page.fill(".true-length input", "2,5 m");
      await page.click(".true-length button");
      expect(await page.textContent(".length")).toBe("2.50 m");
      await page.getByRole("button", { name: "Delete the last measurement" }).click();
      expect(await page.locator(".length").count()).toBe(0);
    });
  });

  test("a camera can be clicked, and its points and all cameras hidden", async () => {
    const { page } = await openHere(folder, DESKTOP);
    const all = await drawnPoints(page);
    await page.click(".photos li:nth-child(1) .eye");
    expect(await drawnPoints(page)).toBeLessThan(0.8 * all);
    const camera = await findCamera(page, 1);
    await page.mouse.click(camera.x, camera.y);
    expect(await page.isVisible(".look-bar")).toBe(true);
    await page.keyboard.press("Escape");
    await page.click("text=Reset view");
    await page.click("text=Cameras");
    await page.mouse.click(camera.x, camera.y);
    expect(await page.isVisible(".look-bar")).toBe(false);
  });

  test("one can walk through the scene, draw it as a surface and save a picture", async () => {
    const { page } = await openHere(folder, DESKTOP);
    const seen = new Set([await stageBytes(page)]);
    await page.getByRole("button", { name: "Walk through the scene" }).click();
    for (const key of ["KeyW", "KeyA", "ArrowLeft"]) {
      await page.keyboard.down(key);
      await page.waitForTimeout(300);
      await page.keyboard.up(key);
      seen.add(await stageBytes(page));
    }
    expect(seen.size).toBe(4);
    await page.click("text=Reset view");
    expect(await page.isVisible(".walk-pad")).toBe(false);
    await page.selectOption("#drawing", "surface");
    expect(await drawnPoints(page)).toBe(0);
    expect(await litShare(page)).toBeGreaterThan(0.1);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save a picture of the view" }).click();
    const picture = decode(await readFile(await (await download).path()));
    expect([picture.width, picture.height]).toEqual([420, 440]);
  });

  test("what a finger has to hit is at least 44 pixels high", async () => {
    const { page } = await openHere(folder, { width: 360, height: 740, hasTouch: true, isMobile: true });
    await page.click(".photos li:nth-child(2) .look");
    for (const target of await page.locator("button:visible, select:visible, summary, label.toggle").all()) {
      const { height, width, x } = (await target.boundingBox())!;
      expect(Math.min(height, width)).toBeGreaterThanOrEqual(44);
      expect(x >= 0 && x + width <= 360).toBe(true);
    }
  });

  test("on a phone the panel lies below the scene and nothing sticks out", async () => {
    const { page, problems } = await openHere(folder, { width: 360, height: 740 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    const stage = (await page.locator("#stage").boundingBox())!;
    const panel = (await page.locator("#panel").boundingBox())!;
    expect(stage.height).toBeGreaterThan(300);
    expect(panel.y).toBeGreaterThanOrEqual(stage.y + stage.height);
    expect(await page.textContent("dl")).toContain("1 min 15 s");
    expect(problems).toEqual([]);
  });

  test("two million points are drawn and moved without exhausting memory", async () => {
    // One photo, again and again: how it looks does not matter here.
    const { scene: single, views: singles } = syntheticScene({ names: ["0.jpg"], size: { width: 512, height: 384 } });
    const many = Array.from({ length: 11 }, (_, i) => i);
    const large = { ...single, images: many.map(() => single.images[0]!) };
    const largeViews = many.map((i) => ({ ...singles[0]!, name: `${i}.jpg` }));
    const html = await encodeReport(large, largeViews, {
      run: { model: { name: "tiny", dtype: "fp32", device: "cpu" }, timings: {}, peakMemoryBytes: 0 },
      filter: choosePointFilter(large, 1),
      tracks: trackPointsOf([]),
      trackSummary: summarizeTracks(trackPointsOf([]), largeViews),
      status: "ok",
      warnings: [],
      encodeJpeg,
      viewerHtml,
    });
    const place = await mkdtemp(join(tmpdir(), "dust3r-report-"));
    try {
      await writeFile(join(place, "index.html"), html);
      const { page, problems } = await openHere(place, DESKTOP);
      const drawn = async (): Promise<number> => Number(await page.getAttribute("canvas", "data-drawn-points"));
      await expect.poll(drawn, { timeout: 60_000 }).toBeGreaterThan(2e6);
      await page.focus("canvas");
      await page.keyboard.press("ArrowLeft");
      const session = await page.context().newCDPSession(page);
      await session.send("HeapProfiler.collectGarbage");
      const { usedSize } = await session.send("Runtime.getHeapUsage");
      // 31 bytes a point on the page's side, and the page itself with its base64.
      expect(usedSize).toBeLessThan(250e6);
      expect(problems).toEqual([]);
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  });

  test("without WebGL it says so and still lists the photos", async () => {
    const plain = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-3d-apis"] });
    try {
      const page = await plain.newPage();
      await page.goto(pathToFileURL(join(folder, "index.html")).href);
      await page.waitForSelector("dl", { state: "attached" });
      expect(await page.textContent(".obstacle")).toContain("WebGL");
      expect(await page.locator(".photos li").count()).toBe(3);
    } finally {
      await plain.close();
    }
  });
});

interface Screen {
  readonly width: number;
  readonly height: number;
  readonly colorScheme?: "dark" | "light";
  readonly hasTouch?: boolean;
  readonly isMobile?: boolean;
}

interface Opened {
  readonly page: Page;
  /** Errors and warnings. */
  readonly problems: string[];
  readonly dialogs: string[];
  readonly requests: string[];
}

async function open(browser: Browser, folder: string, { width, height, ...rest }: Screen): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width, height }, ...rest });
  const problems: string[] = [];
  const dialogs: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  page.on("request", (request) => requests.push(request.url()));
  page.on("dialog", async (dialog) => {
    dialogs.push(dialog.message());
    await dialog.dismiss();
  });
  await page.goto(pathToFileURL(join(folder, "index.html")).href);
  await page.waitForSelector("canvas[data-drawn-points]:not([data-drawn-points='0'])");
  await page.waitForSelector("dl", { state: "attached" });
  await settle(page);
  return { page, problems, dialogs, requests };
}

async function settle(page: Page): Promise<void> {
  await page.evaluate(
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))",
  );
}

async function drawnPoints(page: Page): Promise<number> {
  await settle(page);
  return Number(await page.getAttribute("canvas", "data-drawn-points"));
}

async function moveSlider(page: Page, code: number): Promise<void> {
  await page.locator("#confidence").fill(String(code));
}

/** The share of the stage's pixels that are clearly brighter than its ground. */
async function litShare(page: Page): Promise<number> {
  const { width, height, pixel } = await stagePicture(page);
  let lit = 0;
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (Math.max(...pixel(x, y)) > 70) lit++;
  return lit / (width * height);
}

async function stagePicture(page: Page) {
  const { width, height, data, channels } = decode(await page.locator("#stage").screenshot());
  const pixel = (x: number, y: number): number[] => {
    const at = (y * width + x) * channels;
    return [data[at]!, data[at + 1]!, data[at + 2]!];
  };
  return { width, height, pixel };
}

/** The leftmost and the rightmost place on the stage's middle row that is clearly lit, a little inside. */
async function pointsOnMiddleRow(page: Page): Promise<readonly [number, number]> {
  const { width, height, pixel } = await stagePicture(page);
  const lit = Array.from({ length: width - 80 }, (_, x) => x).filter((x) => Math.max(...pixel(x, height >> 1)) > 70);
  return [lit[Math.floor(lit.length / 4)]!, lit[Math.floor((3 * lit.length) / 4)]!];
}

async function stageBytes(page: Page): Promise<string> {
  return (await page.locator("#stage").screenshot()).toString("base64");
}

async function style(page: Page, selector: string, property: string): Promise<string> {
  return page.evaluate(`getComputedStyle(document.querySelector("${selector}")).${property}`);
}

/** Relative luminance as WCAG defines it, of `rgb(r, g, b)`. */
function luminance(color: string): number {
  const [r, g, b] = color.match(/\d+/g)!.map((value) => linearFromSrgb(Number(value) / 255));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

/** The middle of what is drawn in the color of a photo's camera. */
async function findCamera(page: Page, index: number): Promise<{ x: number; y: number }> {
  const { pixel, width, height } = await stagePicture(page);
  const tint = imageColor(index).map((value) => 255 * value);
  const [xs, ys]: [number[], number[]] = [[], []];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (pixel(x, y).some((value, k) => Math.abs(value - tint[k]!) > 30)) continue;
      xs.push(x);
      ys.push(y);
    }
  }
  const middle = (values: readonly number[]): number => (Math.min(...values) + Math.max(...values)) / 2;
  return { x: middle(xs), y: middle(ys) };
}
