import { element, iconButton } from "../../../src/viewer/dom.ts";
import { countPhotos } from "../../../src/viewer/viewer.ts";
import type { ProjectSummary } from "./project-store.ts";

const BIN = "M4 6h12M8 6V4h4v2M6 6l.7 10h6.6L14 6";

/** What the list's buttons do. */
export interface ProjectActions {
  readonly onOpen: (id: string) => void;
  readonly onDelete: (id: string) => void;
}

/** The scenes that this browser keeps; nothing without any. */
export function projectList(
  projects: readonly ProjectSummary[],
  current: string | null,
  { onOpen, onDelete }: ProjectActions,
): HTMLElement | "" {
  if (projects.length === 0) return "";
  const items = projects.map(({ id, changed, photos, finished, picture }) => {
    const when = changed.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    const image = element("span", { className: "project-picture" });
    if (picture) {
      const shown = element("img", { src: URL.createObjectURL(picture), alt: "" });
      shown.addEventListener("load", () => URL.revokeObjectURL(shown.src));
      image.append(shown);
    }
    const open = element(
      "button",
      { type: "button", className: "project" },
      image,
      element(
        "span",
        {},
        element("b", {}, countPhotos(photos)),
        element("small", {}, finished ? when : `${when} · not finished`),
      ),
    );
    if (id === current) open.ariaCurrent = "true";
    open.addEventListener("click", () => onOpen(id));
    const remove = iconButton(`Delete the scene of ${when}`, BIN);
    remove.addEventListener("click", () => {
      if (remove.dataset.sure) onDelete(id);
      remove.dataset.sure = "yes";
      remove.title = remove.ariaLabel = `Really delete the scene of ${when}? Press again`;
    });
    remove.addEventListener("blur", () => delete remove.dataset.sure);
    return element("li", {}, open, remove);
  });
  return element(
    "section",
    {},
    element("h2", {}, "Your scenes"),
    element("ul", { className: "projects" }, ...items),
    element("p", { className: "quiet small" }, "Kept by this browser, on this device alone."),
  );
}
