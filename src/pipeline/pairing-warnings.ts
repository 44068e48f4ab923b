import type { PairingReport } from "../core/pairing-report.ts";
import type { View } from "../core/view.ts";

const MOST_LISTED = 4;

/** What of the pairing of photos speaks against the result, in sentences for the user. */
export function pairingWarnings(report: PairingReport | undefined, views: readonly Pick<View, "name">[]): string[] {
  if (report === undefined || report.bridges.length === 0) return [];
  const { groups, bridges, matchedPairs } = report;
  const listed = bridges.slice(0, MOST_LISTED).map(([a, b]) => `${views[a]!.name} and ${views[b]!.name}`);
  const others = bridges.length > MOST_LISTED ? ` and ${bridges.length - MOST_LISTED} more pairs` : "";
  const evidence = matchedPairs === undefined ? "likeness does not" : "no features";
  return [
    `The photos fall into ${groups} groups that ${evidence} connect; the network was shown their most alike photos, ` +
      `${listed.join(", ")}${others}: whether the groups lie to each other as the scene has it is its guess. ` +
      "More photos between them would help.",
  ];
}
