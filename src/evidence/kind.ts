import type { ApiKind } from '../model/api-kind.js';
import type { ApiDescription, ApiEvidence, Reading, Unreadable } from '../model/evidence.js';

/** An API of the region, with its description where that was read already. */
export interface ListedApi {
  readonly id: string;
  readonly known: Reading<ApiDescription> | null;
}

/** The APIs of a region, and why some are missing; `null` where none is. */
export interface Listing {
  readonly apis: readonly ListedApi[];
  readonly unreadable: Unreadable | null;
}

/** What decides how much of an API must be read. */
export interface Questions {
  /** The stages to audit. */
  readonly stages: readonly string[] | '*';
  /** The authorization types that a method may have. */
  readonly allowedTypesOf: (method: string, path: string) => readonly string[];
  /** Whether a method of a stage may be open: whether it is a preflight decides nothing then. */
  readonly mayBeOpen: (
    api: { readonly id: string; readonly name: string },
    stage: string,
    method: string,
    path: string,
  ) => boolean;
}

/** Whether there is an API of a kind, as far as AWS says it. */
export interface FoundApi {
  readonly description: Reading<ApiDescription>;
  /** AWS's words where it said that there is no such API. */
  readonly missing: string | null;
}

/** An API with its evidence. */
export interface CollectedApi {
  readonly evidence: ApiEvidence;
  /** AWS's words where it said that there is no such API. */
  readonly missing: string | null;
}

/** Reads the APIs of one kind: which there are, and what is configured and deployed of each. */
export interface KindReader {
  readonly kind: ApiKind;
  /** Every API of this kind in the region. */
  readonly list: () => Promise<Listing>;
  /** Whether there is an API of this kind with an id: as few calls as tell it. */
  readonly find: (id: string) => Promise<FoundApi>;
  /** Whether a call that was made already says that there is; without it, none ever does. */
  readonly hasListed?: (id: string) => boolean;
  /** One API; a failure of a call is a part of the evidence. */
  readonly read: (api: ListedApi, questions: Questions) => Promise<CollectedApi>;
}
