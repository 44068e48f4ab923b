import { base64FromBytes } from "../../core/base64.ts";
import { escapeHtml } from "./text.ts";

/** Charts, pictures or other elements with a caption. */
export function figure(caption: string, ...content: readonly string[]): string {
  return `<figure><figcaption>${escapeHtml(caption)}</figcaption>${content.join("")}</figure>`;
}

/** Figures side by side, as many as fit. */
export function figureRow(figures: readonly string[]): string {
  return `<section>${figures.join("")}</section>`;
}

/** A picture that is part of the page. */
export function picture(bytes: Uint8Array, type: "image/jpeg" | "image/png"): string {
  return `<img alt="" src="data:${type};base64,${base64FromBytes(bytes)}">`;
}
