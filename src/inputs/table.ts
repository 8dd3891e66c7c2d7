import { defaultReportFolder } from '../files/report-folder.js';
import { API_KINDS } from '../model/api-kind.js';
import { DEFAULT_FAIL_ON, FAIL_ON } from '../model/fail-on.js';
import { flag, numberOf, oneOf, optional, type Parser, text } from './parser.js';
import {
  apiIds,
  apiTypes,
  checkRunName,
  endpointUrl,
  globs,
  groupName,
  paths,
  region,
  roleArn,
  shardName,
  smokeMethods,
  stages,
} from './values.js';

/** An input of the action, but for its description, which `action.yml` has. */
export interface Input<T> {
  readonly name: string;
  readonly parse: Parser<T>;
  /** The text that is parsed where neither the workflow nor the configuration file gives one; without it `''`. */
  readonly default?: string;
  /**
   * The configuration file may set it. None that decides where requests go, which are sent, or what is
   * known: who edits the file need not be who holds the credentials.
   */
  readonly isInFile?: true;
  /** It is about the jobs of a fleet's workflow, and so no option of the command line. */
  readonly isOfFleet?: true;
}

/** When there is a pull request comment; `on-failure` also edits one that is there once all is well. */
export type CommentWhen = Inputs['comment'];

const milliseconds = (seconds: number): number => seconds * 1000;

/**
 * Every input, by the name that it has in the program, in the order of `action.yml`. Adding one is a line
 * here and its description there: a test compares the two, and types, unknown names, the schema of the
 * configuration file and the table in docs/reference.md follow.
 */
export const INPUTS = {
  mode: { name: 'mode', parse: oneOf(['audit', 'plan', 'enforce']), default: 'audit' },
  /** Empty where only files are judged. */
  apiIds: { name: 'api-id', parse: apiIds },
  /** The kinds of API that are audited. */
  apiTypes: { name: 'api-types', parse: apiTypes, default: API_KINDS.join(',') },
  stages: { name: 'stage', parse: stages },
  /** `''` where none is known; nothing but files can be judged then. */
  region: { name: 'region', parse: region },
  /** A fleet's `plan.json`; `null` for a run of its own. */
  plan: { name: 'plan', parse: optional(text), isOfFleet: true },
  /** Which shard of the plan, such as `003`; `null` for a run of its own. */
  shard: { name: 'shard', parse: optional(shardName), isOfFleet: true },
  /** Globs of files that declare APIs. */
  templates: { name: 'templates', parse: globs },
  planFile: { name: 'plan-file', parse: optional(text) },
  /** Files of CloudFormation parameters. */
  parameters: { name: 'parameters', parse: paths },
  /** The share of each of the control plane's quotas that the gate takes, more than 0 and at most 1. */
  quotaShare: {
    name: 'quota-share',
    // Less would make a region's reading longer than its credentials last.
    parse: numberOf({
      unit: 'percent',
      from: 10,
      to: 100,
      isWhole: true,
      toValue: (percent) => percent / 100,
    }),
    default: '80',
  },
  /** How long AWS may answer no call of a kind before it is given up. */
  awsTimeoutMs: {
    name: 'aws-timeout',
    // A longer wait is a mistake: credentials of a job last an hour as a rule.
    parse: numberOf({ unit: 'seconds', from: 1, to: 3600, isWhole: true, toValue: milliseconds }),
    default: '90',
  },
  policyFile: { name: 'policy-file', parse: text },
  baseline: { name: 'baseline', parse: text },
  replaceAuthorizers: { name: 'replace-authorizers', parse: flag, default: 'false' },
  allowPendingChanges: { name: 'allow-pending-changes', parse: flag, default: 'false' },
  /** Change routes whose stages deploy by themselves, so that there is no deployment to roll back to. */
  allowLiveChanges: { name: 'allow-live-changes', parse: flag, default: 'false' },
  smokeTest: { name: 'smoke-test', parse: flag, default: 'true', isInFile: true },
  smokeMethods: { name: 'smoke-methods', parse: smokeMethods, default: 'GET,HEAD' },
  smokeTimeoutMs: {
    name: 'smoke-timeout',
    // A job's step may run for hours, a smoke test not.
    parse: numberOf({ unit: 'seconds', from: 0, to: 900, isWhole: false, toValue: milliseconds }),
    default: '90',
    isInFile: true,
  },
  /** Template of a base URL; `null` for each stage's own invoke URL. */
  endpointUrl: { name: 'endpoint-url', parse: optional(endpointUrl) },
  /** Where signed handshakes with WebSocket APIs have their signature. */
  webSocketSignature: {
    name: 'websocket-signature',
    parse: oneOf(['headers', 'query']),
    default: 'headers',
  },
  invokeRoleArn: { name: 'invoke-role-arn', parse: optional(roleArn) },
  /** Name of the IAM group that must be able to invoke. */
  invokeGroup: { name: 'invoke-group', parse: optional(groupName) },
  /** Create or update the policy that lets the group invoke, and attach it. */
  grant: { name: 'grant', parse: flag, default: 'false' },
  failOn: { name: 'fail-on', parse: oneOf(FAIL_ON), default: DEFAULT_FAIL_ON, isInFile: true },
  reportDir: {
    name: 'report-dir',
    parse: (folder, { environment }) => folder || defaultReportFolder(environment),
  },
  /** Empty where somebody gave an empty one. */
  githubToken: { name: 'github-token', parse: text },
  comment: {
    name: 'comment',
    parse: oneOf(['never', 'on-failure', 'always']),
    default: 'never',
    isInFile: true,
  },
  /** Name of the additional check run; `null` for none. */
  checkRun: { name: 'check-run', parse: optional(checkRunName), isInFile: true },
  driftIssue: { name: 'drift-issue', parse: flag, default: 'false', isInFile: true },
  uploadSarif: { name: 'upload-sarif', parse: flag, default: 'false', isInFile: true },
} as const satisfies Readonly<Record<string, Input<unknown>>>;

/** What the user asked for, checked: a value of this type needs no further validation. */
export type Inputs = {
  readonly [Key in keyof typeof INPUTS]: ReturnType<(typeof INPUTS)[Key]['parse']>;
};

const ALL: readonly Input<unknown>[] = Object.values(INPUTS);

/** Every input of `action.yml`, by its name there. */
export const INPUT_NAMES: readonly string[] = ALL.map(({ name }) => name);

/** The inputs that the configuration file may set; an input that the workflow gives wins. */
export const INPUTS_IN_FILE: readonly string[] = ALL.filter(({ isInFile }) => isInFile)
  .map(({ name }) => name)
  .toSorted();
