import type { ReportCloud, ReportImage } from "../export/report-data.ts";
import { openDialog } from "./dialog.ts";
import { element } from "./dom.ts";
import { photoAddress } from "./photo-address.ts";
import { sharedSamples } from "./shared-samples.ts";

/** At most so many lines: more cannot be told apart. */
const CELLS = { columns: 12, rows: 8 };
const SVG = "http://www.w3.org/2000/svg";
/** Between the photos, as a share of the first one's width. */
const GAP = 0.04;

/** Opens two photos with lines between the pixels that show the same point of the scene. */
export function openMatchesDialog(image1: ReportImage, image2: ReportImage): void {
  if (!image1.cloud || !image2.cloud) return;
  const shared = sharedSamples(image1.cloud, image2.cloud, CELLS);
  const told =
    shared.length === 0
      ? "The scene has no point that both photos show."
      : "Lines join pixels that show the same point of the scene; one line for each part of the first photo.";
  const picture = matchesPicture([image1, image1.cloud], [image2, image2.cloud], shared);
  openDialog(`${image1.file} and ${image2.file}`, picture, element("p", { className: "quiet" }, told));
}

type Shown = readonly [image: ReportImage, cloud: ReportCloud];

function matchesPicture(
  [image1, cloud1]: Shown,
  [image2, cloud2]: Shown,
  shared: ReturnType<typeof sharedSamples>,
): SVGSVGElement {
  // The second photo is drawn as high as the first.
  const { width, height } = cloud1.grid;
  const scale = height / cloud2.grid.height;
  const start = width * (1 + GAP);
  const total = start + cloud2.grid.width * scale;
  const svg = shape("svg", { viewBox: `0 0 ${total} ${height}`, class: "matches", role: "img" });
  const name = `${shared.length} matches between ${image1.file} and ${image2.file}`;
  svg.setAttribute("aria-label", name);
  const place = { height: String(height), preserveAspectRatio: "none" };
  svg.append(
    shape("image", { ...place, href: photoAddress(image1), width: String(width) }),
    shape("image", { ...place, href: photoAddress(image2), x: String(start), width: String(total - start) }),
  );
  for (const [sample1, sample2] of shared) {
    const [x1, y1] = centerOf(sample1, cloud1);
    const [x2, y2] = centerOf(sample2, cloud2);
    const stroke = `hsl(${Math.round((330 * x1) / width)} 90% 62%)`;
    const ends = { x1, y1, x2: start + scale * x2, y2: scale * y2 };
    const line = shape("line", { stroke, "vector-effect": "non-scaling-stroke" });
    for (const [end, value] of Object.entries(ends)) line.setAttribute(end, value.toFixed(2));
    svg.append(line);
  }
  return svg;
}

function centerOf(sample: number, { grid }: ReportCloud): readonly [x: number, y: number] {
  return [(sample % grid.width) + 0.5, Math.floor(sample / grid.width) + 0.5];
}

function shape<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[K] {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
