import type { ReportData, ReportImage } from "../export/report-data.ts";
import { element, formatCount, iconButton } from "./dom.ts";
import { photoAddress } from "./photo-address.ts";

const EYE = "M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10zM10 7.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8z";

/** What a click on a photo does. */
export interface PhotoActions {
  readonly onLook: (image: ReportImage) => void;
  /** Shows or hides the points of a photo. */
  readonly onToggle: (image: ReportImage, visible: boolean) => void;
}

/** The list of photos; `select` marks the one looked through. */
export interface PhotoList {
  readonly node: HTMLElement;
  select(image: ReportImage | null): void;
}

/** One card a photo: look through it, hide its points, read its camera. */
export function photoList({ images }: ReportData, actions: PhotoActions): PhotoList {
  const most = Math.max(...images.map((image) => image.mean_confidence));
  const cards = images.map((image) => photoCard(image, image.mean_confidence / most, actions));
  return {
    node: element("ul", { className: "photos" }, ...cards),
    select(selected) {
      for (const [i, card] of cards.entries()) {
        const current = images[i] === selected;
        card.classList.toggle("current", current);
        if (current) card.scrollIntoView({ block: "nearest" });
      }
    },
  };
}

function photoCard(image: ReportImage, share: number, { onLook, onToggle }: PhotoActions): HTMLLIElement {
  const { file, cloud, mean_confidence, color } = image;
  const bar = element("i");
  bar.style.width = `${100 * share}%`;
  const look = element(
    "button",
    { type: "button", className: "look", title: cloud ? `Look through ${file}` : file, disabled: cloud === null },
    element("img", { src: photoAddress(image), alt: cloud ? "Look through" : "", loading: "lazy" }),
    element(
      "span",
      { className: "photo-text" },
      element("b", {}, file),
      element("small", {}, cloud ? cameraText(image) : "not connected to the others"),
      ...(cloud ? [agreementLine(image), poseLine(image)] : []),
      element(
        "span",
        { className: "confidence", title: `Mean confidence ${mean_confidence.toFixed(2)}` },
        element("span", { className: "track" }, bar),
        mean_confidence.toFixed(2),
      ),
    ),
  );
  look.addEventListener("click", () => onLook(image));
  const card = element("li", {}, look);
  card.style.setProperty("--camera", `rgb(${color.map((value) => Math.round(255 * value)).join(" ")})`);
  if (cloud) card.append(eyeButton(image, onToggle));
  return card;
}

function eyeButton(image: ReportImage, onToggle: PhotoActions["onToggle"]): HTMLButtonElement {
  const eye = iconButton(`Points of ${image.file}`, EYE);
  eye.className = "eye";
  eye.ariaPressed = "true";
  eye.addEventListener("click", () => {
    const visible = eye.ariaPressed !== "true";
    eye.ariaPressed = String(visible);
    onToggle(image, visible);
  });
  return eye;
}

function cameraText({ intrinsics, width }: ReportImage): string {
  const degrees = (2 * Math.atan(width / (2 * intrinsics.fx)) * 180) / Math.PI;
  return `f ${intrinsics.fx.toFixed(0)} px · ${degrees.toFixed(0)}° wide`;
}

/** How much the photo shares with how many others, and how well they agree; what the numbers mean on hovering. */
function agreementLine(image: ReportImage): HTMLElement {
  const { width, height, shared_points, connected_photos, reprojection_error } = image;
  if (reprojection_error === null) return element("small", {}, "shares no point with another photo");
  const error = reprojection_error.toFixed(2);
  const others = connected_photos === 1 ? "1 other" : `${connected_photos} others`;
  const title =
    `${formatCount(shared_points)} of its points are seen by other photos, enough by ${others} to connect them. ` +
    `They agree to ${error} pixels of ${width} × ${height}.`;
  return element("small", { title }, `${formatCount(shared_points)} shared · ${others} · ${error} px`);
}

const POSE_SOURCES: Readonly<Record<NonNullable<ReportImage["pose_source"]>, string>> = {
  refined: "pose by features",
  network: "pose by the network",
  given: "pose as given",
};

/** Where the pose comes from, and how well the points that the photo shares fit it; what the number means on hovering. */
function poseLine({ pose_source, median_reprojection_error }: ReportImage): HTMLElement {
  const source = pose_source ? POSE_SOURCES[pose_source] : "pose of unknown source";
  if (median_reprojection_error === null) return element("small", {}, source);
  const error = median_reprojection_error.toFixed(2);
  const title = `Half of the points that it shares lie within ${error} pixels of where this pose shows them.`;
  return element("small", { title }, `${source} · ${error} px`);
}
