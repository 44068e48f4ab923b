import { element } from "../../src/viewer/dom.ts";

const MILLISECONDS = 8000;

/** Short messages at the edge of the page that leave by themselves; the latest one is shown. */
export class Notice {
  readonly #node = element("p", { className: "notice", role: "status", hidden: true });

  constructor(host: HTMLElement) {
    host.append(this.#node);
  }

  /** Shows a message for some seconds. */
  show(text: string): void {
    this.#node.textContent = text;
    this.#node.hidden = false;
    setTimeout(() => {
      if (this.#node.textContent === text) this.#node.hidden = true;
    }, MILLISECONDS);
  }
}
