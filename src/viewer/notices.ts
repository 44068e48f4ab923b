import { element, iconButton } from "./dom.ts";

const CROSS = "M5 5l10 10M15 5L5 15";

/** What to know before trusting the scene; a press on the cross takes it away. Nothing without warnings. */
export function warningBanner(warnings: readonly string[]): HTMLElement | "" {
  if (warnings.length === 0) return "";
  const close = iconButton("Dismiss", CROSS);
  const lines = warnings.map((warning) => element("p", {}, warning));
  const banner = element("div", { className: "banner", role: "status" }, element("div", {}, ...lines), close);
  close.addEventListener("click", () => banner.remove());
  return banner;
}

/** What stands in the place of the scene when it cannot be drawn. */
export function obstacle(text: string): HTMLElement {
  return element("p", { className: "obstacle", role: "alert" }, text);
}
