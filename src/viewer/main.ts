import type { ReportData } from "../export/report-data.ts";
import { element } from "./dom.ts";
import { countPhotos, openViewer } from "./viewer.ts";

const stage = required("stage");
const panel = required("panel");
const data = JSON.parse(required("report-data").textContent ?? "") as ReportData;

const photos = countPhotos(data.images.length);
document.title = `${photos} · dust3r`;
const subtitle = element("p", {}, photos);
panel.append(element("header", {}, element("h1", {}, "dust3r"), subtitle));
await openViewer({ stage, panel }, data, { onStatus: (text) => (subtitle.textContent = text) });

function required(id: string): HTMLElement {
  const node = document.getElementById(id);
  if (!node) throw new Error(`the page has no #${id}`);
  return node;
}
