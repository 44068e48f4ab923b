type Properties<K extends keyof HTMLElementTagNameMap> = Partial<Omit<HTMLElementTagNameMap[K], "style">>;

/**
 * A new element with the given properties and children. Strings become text, never markup: a file name may hold
 * anything.
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties<K> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** A line icon of 20 × 20 from the path data of an SVG. */
function icon(path: string): SVGSVGElement {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(namespace, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** A button that shows an icon and is called `title`. */
export function iconButton(title: string, path: string): HTMLButtonElement {
  return element("button", { type: "button", className: "icon", title, ariaLabel: title }, icon(path));
}

/** A count with separators: 1,234,567. */
export function formatCount(value: number): string {
  return value.toLocaleString("en-US");
}
