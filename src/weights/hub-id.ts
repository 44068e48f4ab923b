/** A model of the hub: `owner/name`, at a branch, a tag or a commit. */
export interface HubId {
  readonly owner: string;
  readonly name: string;
  readonly revision: string;
}

/** Parses `owner/name` or `owner/name@revision`; undefined for any other text, file paths such as `a/b.pth` included. */
export function parseHubId(text: string): HubId | undefined {
  const pattern = /^(?<owner>\w[\w.-]*)\/(?<name>\w[\w.-]*)(?:@(?<revision>\w[\w./-]*))?$/;
  const { owner, name, revision = "main" } = pattern.exec(text)?.groups ?? {};
  if (owner === undefined || name === undefined) return undefined;
  // The hub has no such names; the cache's folders are named `owner--name`.
  if (/--|\.\./.test(text) || /\.(safetensors|pth|pt)$/.test(name)) return undefined;
  return { owner, name, revision };
}

/** The license of a hub model, where it is known here. */
export function hubLicense({ owner }: HubId): string | undefined {
  return owner === "naver" ? "CC BY-NC-SA 4.0 (non-commercial)" : undefined;
}

/** The id as text. */
export function formatHubId({ owner, name, revision }: HubId): string {
  return revision === "main" ? `${owner}/${name}` : `${owner}/${name}@${revision}`;
}
