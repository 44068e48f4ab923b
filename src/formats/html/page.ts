import { escapeHtml } from "./text.ts";

/** A page that needs neither server nor network: a title, and elements one below the other. */
export function htmlPage(title: string, elements: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
<h1>${escapeHtml(title)}</h1>
${elements.join("\n")}
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 2rem auto; max-width: 88rem; padding: 0 1rem }
h2 { margin-top: 2rem; font-size: 1.2rem }
table { border-collapse: collapse; display: block; overflow-x: auto }
td, th { padding: 0.2rem 0.6rem; text-align: right; border-bottom: 1px solid #8884; white-space: nowrap }
td:first-child, th:first-child { text-align: left }
section { display: flex; flex-wrap: wrap; gap: 1.5rem; margin: 1rem 0 }
figure { margin: 0 }
figcaption { font-size: 13px; opacity: 0.75 }
img { display: block; max-width: 100% }
section img { width: 200px; image-rendering: pixelated }
svg { display: block; width: 420px; max-width: 100% }
svg line { stroke: currentColor; opacity: 0.15 }
svg text { fill: currentColor; font-size: 11px }
svg polyline { fill: none; stroke-width: 1.5 }
pre { overflow: auto; font-size: 12px }
`;
