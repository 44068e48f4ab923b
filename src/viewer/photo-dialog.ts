import { confidenceOfCode, type ReportData, type ReportImage } from "../export/report-data.ts";
import { openDialog } from "./dialog.ts";
import { element } from "./dom.ts";
import { formatLength } from "./measurement.ts";
import { photoAddress } from "./photo-address.ts";
import { confidencePicture, depthPicture } from "./photo-maps.ts";

/** Opens a photo, its depth and its confidence side by side; only for a photo that is registered. */
export function openPhotoDialog(image: ReportImage, data: ReportData, metersPerUnit: number | null): void {
  const { cloud, file } = image;
  if (!cloud) return;
  const [near, far] = cloud.depth_range.map((depth) => formatLength(depth, metersPerUnit));
  const most = confidenceOfCode(255, data.max_confidence).toFixed(1);
  const photo = element("img", { className: "map", src: photoAddress(image), alt: file });
  const pictures = element(
    "div",
    { className: "photo-maps" },
    figure(photo, "Photo"),
    figure(canvasOf(depthPicture(cloud), `Depth of ${file}`), `Depth, dark ${near} to bright ${far}`),
    figure(
      canvasOf(confidencePicture(cloud), `Confidence of ${file}`),
      `Confidence, dark 1 to bright ${most}${data.measured ? "; brightest where measured" : ""}`,
    ),
  );
  openDialog(file, pictures);
}

function figure(picture: HTMLElement, caption: string): HTMLElement {
  return element("figure", {}, picture, element("figcaption", {}, caption));
}

function canvasOf(picture: ImageData, name: string): HTMLCanvasElement {
  const canvas = element("canvas", { className: "map", width: picture.width, height: picture.height });
  canvas.role = "img";
  canvas.ariaLabel = name;
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
  return canvas;
}
