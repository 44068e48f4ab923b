import { type Browser, chromium, type Page } from "playwright-core";
import type * as library from "../../src/browser/index.ts";
import { watchLongTasks } from "./long-tasks.ts";

/** Where Debian has it. */
export const CHROMIUM: string = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

declare global {
  /** The library, in the page. */
  var dust3r: typeof library;
}

/** Starts Chromium; with a software renderer for WebGPU where asked. */
export async function launchChromium({ webgpu = false }: { readonly webgpu?: boolean } = {}): Promise<Browser> {
  const args = webgpu ? ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"] : [];
  return await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", ...args] });
}

/** Opens the page with the library, and collects what the browser complains of. */
export async function openPage(browser: Browser, url: string): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  await watchLongTasks(page);
  await page.goto(url);
  return { page, problems };
}
