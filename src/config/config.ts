import { isDeclaredId } from '../model/declared-id.js';
import type { Location } from '../model/finding.js';
import { matchesFileGlob } from './file-glob.js';
import type { MethodMatcher } from './method-glob.js';
import { REQUIRED_AUTHORIZATION_TYPE } from './requirement.js';

/** Methods that may have other authorization types than the rest. */
export interface RequirementOverride {
  readonly matches: MethodMatcher;
  readonly types: readonly string[];
}

/** What somebody allowed, until when, and who answers for it. */
export interface ExceptionClause {
  /** The globs as they were written. */
  readonly methods: readonly string[];
  readonly matches: MethodMatcher;
  /** Ids or names of APIs; `*` for every API. */
  readonly apis: readonly string[];
  /** Empty: every stage. */
  readonly stages: readonly string[];
  readonly reason: string;
  readonly owner: string;
  /** The last day on which it holds, `YYYY-MM-DD`, UTC; `null` where it is permanent. */
  readonly expires: string | null;
  readonly location: Location | null;
}

/** A request that a method answers well, for the smoke test. */
export interface SampleRequest {
  /** Whether the sample is for a method, named as the snapshot names it: `GET` or `ANY`, `/pets/{id}`. */
  readonly matches: MethodMatcher;
  /** Values by the parameter's name, `proxy` for `{proxy+}`; not percent-encoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
  /** In order; a name may be repeated. Not percent-encoded. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Statuses that a signed request may get; empty for any 2xx. */
  readonly expectedStatuses: readonly number[];
}

/** What is required, what is excepted, and how to ask. */
export interface Config {
  readonly types: readonly string[];
  readonly overrides: readonly RequirementOverride[];
  readonly exceptions: readonly ExceptionClause[];
  readonly samples: readonly SampleRequest[];
  /** Which API, by id or name, a declared one is, by `template.yaml#LogicalId`; empty where nobody says. */
  readonly templates?: ReadonlyMap<string, string>;
}

/** What holds where there is no policy file: AWS_IAM everywhere, and no exception. */
export const DEFAULT_CONFIG: Config = {
  types: [REQUIRED_AUTHORIZATION_TYPE],
  overrides: [],
  exceptions: [],
  samples: [],
};

/** The authorization types that a method may have; of several overrides the last one counts. */
export function allowedTypesOf(config: Config, method: string, path: string): readonly string[] {
  const override = config.overrides.findLast(({ matches }) => matches(method, path));
  return override?.types ?? config.types;
}

/** An API as an exception may name it. */
export interface NamedApi {
  readonly id: string;
  readonly name: string;
  /** What files call it, such as `template.yaml#OrdersApi`. */
  readonly declaredAs?: readonly string[];
}

/** Whether an exception is for an API. */
export function namesApi(
  clause: ExceptionClause,
  { id, name, declaredAs = [] }: NamedApi,
): boolean {
  return clause.apis.some(
    (it) =>
      it === '*' ||
      it === id ||
      it === name ||
      declaredAs.includes(it) ||
      (isDeclaredId(it) && declaredAs.some((one) => matchesFileGlob(it, one))),
  );
}

/** Whether an exception is for a stage. */
export function namesStage({ stages }: ExceptionClause, stage: string): boolean {
  return stages.length === 0 || stages.includes(stage);
}

/**
 * Whether an exception still holds, its last day included.
 *
 * @param today `YYYY-MM-DD`, UTC.
 */
export function holdsOn({ expires }: ExceptionClause, today: string): boolean {
  return expires === null || expires >= today;
}

/**
 * The exception that covers a method of an API today; `null` where none does.
 *
 * @param today `YYYY-MM-DD`, UTC.
 * @param stage where the method is served; without it, whatever its stage.
 */
export function exceptionFor(
  clauses: readonly ExceptionClause[],
  api: NamedApi,
  method: { readonly method: string; readonly path: string },
  today: string,
  stage: string | null = null,
): ExceptionClause | null {
  const found = clauses.find(
    (clause) =>
      holdsOn(clause, today) &&
      namesApi(clause, api) &&
      clause.matches(method.method, method.path) &&
      (stage === null || namesStage(clause, stage)),
  );
  return found ?? null;
}
