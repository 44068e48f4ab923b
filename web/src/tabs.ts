import { element } from "../../src/viewer/dom.ts";

/** Two or more panes of which one is shown. */
export interface Tabs<Name extends string> {
  readonly bar: HTMLElement;
  readonly panes: Readonly<Record<Name, HTMLElement>>;
  show(name: Name): void;
  enable(name: Name, on: boolean): void;
}

/** Tabs with arrow keys, as the ARIA practices have them. */
export function createTabs<Name extends string>(titles: Readonly<Record<Name, string>>): Tabs<Name> {
  const names = Object.keys(titles) as Name[];
  const buttons = new Map<Name, HTMLButtonElement>();
  const panes = {} as Record<Name, HTMLElement>;
  const show = (name: Name): void => {
    if (panes[name].hidden) bar.parentElement?.scrollTo(0, 0);
    for (const [other, button] of buttons) {
      const chosen = other === name;
      button.ariaSelected = String(chosen);
      button.tabIndex = chosen ? 0 : -1;
      panes[other].hidden = !chosen;
    }
  };
  for (const name of names) {
    const button = element("button", { type: "button", role: "tab", id: `tab-${name}` }, titles[name]);
    button.setAttribute("aria-controls", `pane-${name}`);
    button.addEventListener("click", () => show(name));
    const pane = element("div", { role: "tabpanel", id: `pane-${name}`, className: "pane" });
    pane.setAttribute("aria-labelledby", button.id);
    buttons.set(name, button);
    panes[name] = pane;
  }
  const bar = element("div", { role: "tablist", className: "tabs" }, ...buttons.values());
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    const open = names.filter((name) => !buttons.get(name)!.disabled);
    const at = open.findIndex((name) => buttons.get(name) === document.activeElement);
    const next = open[(at + by + open.length) % open.length];
    if (next === undefined) return;
    show(next);
    buttons.get(next)!.focus();
  });
  show(names[0]!);
  return {
    bar,
    panes,
    show,
    enable(name, on) {
      buttons.get(name)!.disabled = !on;
    },
  };
}
