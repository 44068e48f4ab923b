import type { ReportData, ReportImage } from "../export/report-data.ts";
import { element, formatCount, iconButton } from "./dom.ts";

const MATCHES = "M3 5h4v10H3zM13 5h4v10h-4zM6 8l8 1M6 12l8-1";

const METHODS: Readonly<Record<ReportData["alignment"]["method"], string>> = {
  monocular: "one photo alone",
  pair: "two photos, from their own prediction",
  "spanning-tree": "pairs chained along the best connections",
  global: "all pairs at once, by global alignment",
  none: "each photo by itself",
};

/** Every pair of photos, the most confident first, with the number of points they share; nothing where there are none. */
export function pairsSection(
  { pairs, images }: ReportData,
  onMatches: (image1: ReportImage, image2: ReportImage) => void,
): HTMLElement | "" {
  if (pairs.length === 0) return "";
  const photo = (file: string): ReportImage => images.find((image) => image.file === file)!;
  const most = Math.max(...pairs.map((pair) => pair.mean_confidence));
  const rows = pairs
    .toSorted((a, b) => b.mean_confidence - a.mean_confidence)
    .map(({ image1, image2, mean_confidence, shared_points }) => {
      const bar = element("i");
      bar.style.width = `${(100 * mean_confidence) / most}%`;
      return element(
        "tr",
        {},
        ...[image1, image2].map(nameCell),
        element("td", { className: "count" }, formatCount(shared_points)),
        element(
          "td",
          {},
          element(
            "span",
            { className: "confidence" },
            element("span", { className: "track" }, bar),
            mean_confidence.toFixed(2),
          ),
        ),
        element("td", {}, matchesButton(photo(image1), photo(image2), onMatches)),
      );
    });
  const titles = ["Photo", "Photo", "Shared", "Confidence", "Lines"].map((title) =>
    element("th", { scope: "col" }, title),
  );
  const head = element("thead", {}, element("tr", {}, ...titles));
  return fold(
    `Pairs (${formatCount(pairs.length)})`,
    element("div", { className: "table" }, element("table", {}, head, element("tbody", {}, ...rows))),
  );
}

/** Nothing for photos that are not in the scene. */
function matchesButton(
  image1: ReportImage,
  image2: ReportImage,
  onMatches: (image1: ReportImage, image2: ReportImage) => void,
): HTMLElement | "" {
  if (!image1.cloud || !image2.cloud) return "";
  const button = iconButton(`Matches of ${image1.file} and ${image2.file}`, MATCHES);
  button.addEventListener("click", () => onMatches(image1, image2));
  return button;
}

/** Long names are cut off and shown on hovering. */
function nameCell(file: string): HTMLElement {
  return element("td", { title: file }, file);
}

/** What was done, with what, and how long it took. `shown` is the number of points in the page. */
export function factsSection(data: ReportData, shown: number): HTMLElement {
  const { model, alignment, units, timings, peak_memory_bytes, total_points } = data;
  const facts: (readonly [string, string])[] = [
    ["Model", `${model.name}, ${model.dtype} on ${model.device}`],
    [
      "Alignment",
      METHODS[alignment.method] + (alignment.loss === null ? "" : `, loss ${alignment.loss.toPrecision(3)}`),
    ],
    ["Cameras", camerasText(data)],
    ["Units", units === "metres" ? "meters" : "arbitrary scale"],
    [
      "Points",
      shown < total_points
        ? `${formatCount(shown)} of ${formatCount(total_points)} are in this page`
        : formatCount(shown),
    ],
    ...Object.entries(timings).map(([stage, seconds]) => [capitalized(stage), formatSeconds(seconds)] as const),
    ["Peak memory", `${(peak_memory_bytes / 2 ** 30).toFixed(2)} GiB`],
  ];
  return fold(
    "About this run",
    element("dl", {}, ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
  );
}

function fold(title: string, content: HTMLElement): HTMLDetailsElement {
  return element("details", {}, element("summary", {}, title), content);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** How many cameras are measured, and how many are predicted. */
function camerasText({ images, refinement }: ReportData): string {
  if (refinement === null) return "the network's";
  const refined = images.filter(({ pose_source }) => pose_source === "refined").length;
  return `${refined} of ${images.length} refined on ${formatCount(refinement.points)} feature points`;
}
