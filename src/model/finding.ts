/*
 * What is said of the evidence once it was judged. The published report has the same shapes, with the
 * same names: `report/schema.ts` describes them for other programs.
 */

/** `pass` only where everything that must be readable was read and nothing is wrong. */
export const VERDICTS = ['pass', 'fail', 'incomplete'] as const;
export type Verdict = (typeof VERDICTS)[number];

export function isVerdict(data: unknown): data is Verdict {
  return VERDICTS.some((verdict) => verdict === data);
}

export type Severity = 'error' | 'warning';

/**
 * What a finding means for callers without IAM: they get in now, they do from the next deployment on, or
 * nobody can tell.
 */
export type Effect = 'open' | 'opens-next' | 'unknown';

/** A file of a repository at a branch, tag or commit. */
export interface RemoteFile {
  readonly owner: string;
  readonly repo: string;
  readonly path: string;
  readonly ref: string;
}

/** A line of a file in the repository, or of a policy file kept elsewhere. */
export interface Location {
  /** Path relative to the repository, with forward slashes; of a file elsewhere `owner/repo/path@ref`. */
  readonly file: string;
  /** Where the file was read, if not from the checkout: a path there may look the same. */
  readonly remote?: RemoteFile | undefined;
  /** From 1. */
  readonly line: number;
  /** From 1; absent where the line as a whole is meant. */
  readonly column?: number | undefined;
}

/** A place in the checkout, where annotations show; `null` for one in another repository. */
export function inCheckout(location: Location | null): Location | null {
  return location?.remote === undefined ? location : null;
}

/** What to write, in the words of the file's own language. */
export interface Snippet {
  readonly language: string;
  /** Of one or more lines. */
  readonly text: string;
}

/** What a finding is about; `null` where it is about more than one of them. */
export interface Subject {
  readonly api: string | null;
  readonly stage: string | null;
  readonly method: string | null;
  readonly path: string | null;
}

/** Something that a rule found. */
export interface Finding extends Subject {
  /** The rule's id. */
  readonly rule: string;
  readonly severity: Severity;
  /** What it means for callers without IAM, where it means something for them. */
  readonly effect?: Effect | undefined;
  /** What is wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
  /** What the fix is to write. */
  readonly snippet?: Snippet | undefined;
  /** Stable over runs: rule, API, stage, method and path. */
  readonly fingerprint: string;
  /** The same within its account and region; `null` where the account is not known. */
  readonly targetFingerprint?: string | null | undefined;
  /**
   * Of a finding about a statement of a policy, what that gives; about a method that a file declares open in
   * some branches, which; absent elsewhere. A baseline knows the finding as long as this is the same.
   */
  readonly grantFingerprint?: string | undefined;
  /** Where it can be fixed or was asked for. */
  readonly location: Location | null;
  /** The baseline holds it already: a notice, which fails nothing. */
  readonly known: boolean;
}

/** An exception of the policy file, and what became of it in this run. */
export interface Exception {
  /** Globs over `METHOD /path`. */
  readonly methods: readonly string[];
  /** Ids or names. */
  readonly apis: readonly string[];
  /** Empty: every stage. */
  readonly stages: readonly string[];
  readonly reason: string;
  readonly owner: string;
  /** The last day, `YYYY-MM-DD`, UTC; `null`: permanent. */
  readonly expires: string | null;
  /** 0 on the last day, negative once expired. */
  readonly daysLeft: number | null;
  readonly state: 'in-use' | 'unused' | 'expired';
  readonly location: Location | null;
}

/** A finding that an exception covers: shown, and counted nowhere. */
export interface Suppressed {
  readonly finding: Finding;
  /** Index into the exceptions. */
  readonly exception: number;
}

/** What a finding is about and by which rule, and nothing that was said of it. */
export interface Place extends Subject {
  readonly rule: string;
}

/** How the findings differ from those of an earlier report. */
export interface Comparison {
  readonly with: 'baseline' | 'last-audit';
  /** Findings that the earlier report does not hold. */
  readonly added: number;
  /** Findings that both hold. */
  readonly same: number;
  /** Findings of the earlier report alone; `null` where not everything could be read. */
  readonly fixed: readonly Place[] | null;
}

/** How many findings are new, by severity, and how many the baseline knows. */
export function countFindings(findings: readonly Pick<Finding, 'severity' | 'known'>[]): {
  readonly errors: number;
  readonly warnings: number;
  readonly known: number;
} {
  const count = (severity: Severity): number =>
    findings.filter((finding) => finding.severity === severity && !finding.known).length;
  return {
    errors: count('error'),
    warnings: count('warning'),
    known: findings.filter(({ known }) => known).length,
  };
}
