/** Compiles each `src/…/x-kernels.wat` to `x-kernels-binary.ts` beside it. */
import { readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { compile } from "watr";

const SOURCES = join(import.meta.dirname, "../src");

const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" });
for (const file of files.filter((name) => name.endsWith("-kernels.wat"))) {
  const source = join(SOURCES, file);
  const binary = Buffer.from(compile(await readFile(source, "utf8")));
  const lines = binary.toString("base64").match(/.{1,112}/g)!;
  const constant = basename(file, ".wat").replaceAll("-", "_").toUpperCase();
  await writeFile(
    source.replace(/\.wat$/, "-binary.ts"),
    `/** ${basename(file)}, compiled by \`npm run kernels\`; Base64. */\nexport const ${constant}: string =\n${lines
      .map((line) => `  "${line}"`)
      .join(" +\n")};\n`,
  );
  console.log(`${file}: ${binary.length} bytes`);
}
