/** Builds the report page's viewer, program and style in one HTML file: `dist/export/viewer.html`. */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { REPORT_DATA_MARK } from "../src/export/report-data.ts";

const SOURCE = fileURLToPath(new URL("../src/viewer/", import.meta.url));
const TARGET = fileURLToPath(new URL("../dist/export/viewer.html", import.meta.url));

/** The page, with `REPORT_DATA_MARK` where `encodeReport` puts the scene. */
export async function buildViewer(): Promise<string> {
  const [page, style, program] = await Promise.all([
    readFile(resolve(SOURCE, "index.html"), "utf8"),
    readFile(resolve(SOURCE, "style.css"), "utf8"),
    bundle(resolve(SOURCE, "main.ts")),
  ]);
  // Nothing but this very program may run, and nothing may be loaded, whatever the data hold.
  const hash = createHash("sha256").update(program).digest("base64");
  const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data: blob:`;
  const head = `<meta http-equiv="Content-Security-Policy" content="${policy}">\n<style>\n${style}</style>\n`;
  const data = `<script type="application/json" id="report-data">${REPORT_DATA_MARK}</script>\n`;
  const body = `${data}<script type="module">${program}</script>\n`;
  return page.replace("</head>", () => `${head}</head>`).replace("</body>", () => `${body}</body>`);
}

async function bundle(entry: string): Promise<string> {
  const built = await build({
    root: SOURCE,
    configFile: false,
    logLevel: "warn",
    build: { write: false, target: "es2022", modulePreload: false, rolldownOptions: { input: entry } },
  });
  const outputs = [built].flat().flatMap((result) => ("output" in result ? result.output : []));
  const [chunk, ...others] = outputs;
  if (chunk?.type !== "chunk" || others.length > 0) throw new Error(`expected one chunk, found ${outputs.length}`);
  // Inside a script element these two would end it, or open a second state of it.
  return chunk.code.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(dirname(TARGET), { recursive: true });
  const page = await buildViewer();
  await writeFile(TARGET, page);
  console.log(`${TARGET}: ${(page.length / 1e6).toFixed(2)} MB`);
}
