/** Who a token belongs to. */
export interface Identity {
  readonly login: string;
  readonly type: 'User' | 'Bot';
  /** How a person's token is made; an App's has none. */
  readonly token?: 'classic' | 'fine-grained';
}

export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly user: Identity;
  body: string;
  /** How often it was edited. */
  edits: number;
  /** ISO 8601; without it, now. */
  updatedAt?: string;
}

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly user: Identity;
  readonly labels: readonly string[];
  readonly isPullRequest: boolean;
  /** Nobody may comment any more. */
  isLocked?: boolean;
  body: string;
  state: 'open' | 'closed';
  /** ISO 8601; without it, now. */
  updatedAt?: string;
  /** What became of it, such as `closed completed`, `reopened`, `edited`, in order. */
  readonly history: string[];
}

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly headSha: string;
  readonly externalId: string;
  status: string;
  conclusion: string | null;
  title: string;
  summary: string;
  /** What stands below the summary. */
  text: string;
  /** Appended with every request. */
  readonly annotations: unknown[];
}

export interface SarifUpload {
  readonly commitSha: string;
  readonly ref: string;
  /** Unpacked. */
  readonly text: string;
}

/** One repository as the emulated GitHub has it; tests read and write it. */
export interface RepositoryState {
  readonly owner: string;
  readonly repo: string;
  readonly issues: Map<number, Issue>;
  readonly comments: Comment[];
  readonly labels: Set<string>;
  readonly checkRuns: CheckRun[];
  readonly sarifs: SarifUpload[];
  /** Text by `path` or `path@ref`. */
  readonly files: Map<string, string>;
  /** The commits that there are; `null` where every one is taken to be there. */
  commits: ReadonlySet<string> | null;
}
