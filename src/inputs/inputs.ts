import { problemsOfEndpoints } from '../aws/endpoint-variable.js';
import { redact } from '../aws/redact.js';
import { defaultReportFolder } from '../files/report-folder.js';
import { ConfigurationError } from '../model/errors.js';
import { isBaseUrlTemplate } from '../probe/endpoint.js';
import { problemsOfUnknownInputs } from './unknown-inputs.js';

export const MODES = ['audit', 'plan', 'enforce'] as const;
export type Mode = (typeof MODES)[number];

export const FAIL_ON = ['error', 'warning', 'never'] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** When there is a pull request comment; `on-failure` also edits one that is there once all is well. */
export const COMMENT_WHEN = ['never', 'on-failure', 'always'] as const;
export type CommentWhen = (typeof COMMENT_WHEN)[number];

/** The methods of a REST API that a smoke test can send; `ANY` is no HTTP method. */
export const HTTP_METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** What the user asked for, checked: a value of this type needs no further validation. */
export interface Inputs {
  readonly mode: Mode;
  /** Ids in the order given, or `'*'` for every REST API of the region. */
  readonly apiIds: readonly string[] | '*';
  /** Stage names, or `'*'` for every stage. */
  readonly stages: readonly string[] | '*';
  readonly region: string;
  /** The share of each of the control plane's quotas that the gate takes, more than 0 and at most 1. */
  readonly quotaShare: number;
  /** How long AWS may answer no call of a kind before it is given up. */
  readonly awsTimeoutMs: number;
  readonly replaceAuthorizers: boolean;
  readonly allowPendingChanges: boolean;
  readonly smokeTest: boolean;
  readonly smokeMethods: readonly string[];
  readonly smokeTimeoutMs: number;
  /** Base URL template; `null` for each stage's own invoke URL. */
  readonly endpointUrl: string | null;
  readonly invokeRoleArn: string | null;
  /** Name of the IAM group that must be able to invoke. */
  readonly invokeGroup: string | null;
  /** Create or update the policy that lets the group invoke, and attach it. */
  readonly grant: boolean;
  readonly failOn: FailOn;
  readonly reportDir: string;
  /** Empty where somebody gave an empty one. */
  readonly githubToken: string;
  readonly comment: CommentWhen;
  /** Name of the additional check run; `null` for none. */
  readonly checkRun: string | null;
  readonly driftIssue: boolean;
  readonly uploadSarif: boolean;
}

/** Where inputs come from: the action's inputs by name, and the environment. */
export interface InputSource {
  /** The value of an input, trimmed, `''` where it is not given (as `core.getInput`). */
  getInput(name: string): string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * More than any region holds: 600 regional and 600 private APIs, 120 edge-optimised ones, 10 stages each
 * (API Gateway Developer Guide, "Amazon API Gateway quotas and important notes").
 */
const MAX_API_IDS = 2000;
const MAX_STAGES = 500;

/** Items of a list of which each is refused by itself; of more the number is said. */
const MAX_NAMED_ITEMS = 10;

/** Longest wait that is still a mistake's upper bound: a job's step may run for hours, a probe not. */
const MAX_SMOKE_TIMEOUT_SECONDS = 900;

/** What was read before the inputs, and has a say in them. */
export interface Preset {
  /** Values of the policy file for inputs that the workflow gives none for. */
  readonly inputs: Readonly<Record<string, string>>;
  /** What is wrong with the policy file and the baseline. */
  readonly problems: readonly string[];
}

const NO_PRESET: Preset = { inputs: {}, problems: [] };

/**
 * Reads and checks every input: the workflow's value, else the policy file's, else the default.
 *
 * @throws ConfigurationError with every problem at once; AWS has not been called by then.
 */
export function readInputs(source: InputSource, preset: Preset = NO_PRESET): Inputs {
  const problems: string[] = [
    ...preset.problems,
    ...problemsOfUnknownInputs(source.environment),
    ...problemsOfEndpoints(source.environment),
    ...problemsOfAttempts(source.environment),
  ];
  const given = (name: string): string =>
    source.getInput(name).trim() || (preset.inputs[name] ?? '').trim();

  const inputs: Inputs = {
    mode: choice('mode', given('mode'), MODES, 'audit', problems),
    apiIds: apiIds(given('api-id'), problems),
    stages: stages(given('stage'), problems),
    region: region(given('region'), source.environment, problems),
    quotaShare: quotaShare(given('quota-share'), problems),
    awsTimeoutMs: awsTimeoutMs(given('aws-timeout'), problems),
    replaceAuthorizers: flag('replace-authorizers', given('replace-authorizers'), false, problems),
    allowPendingChanges: flag(
      'allow-pending-changes',
      given('allow-pending-changes'),
      false,
      problems,
    ),
    smokeTest: flag('smoke-test', given('smoke-test'), true, problems),
    smokeMethods: smokeMethods(given('smoke-methods'), problems),
    smokeTimeoutMs: smokeTimeoutMs(given('smoke-timeout'), problems),
    endpointUrl: endpointUrl(given('endpoint-url'), problems),
    invokeRoleArn: invokeRoleArn(given('invoke-role-arn'), problems),
    invokeGroup: invokeGroup(given('invoke-group'), problems),
    grant: flag('grant', given('grant'), false, problems),
    failOn: choice('fail-on', given('fail-on'), FAIL_ON, 'error', problems),
    reportDir: given('report-dir') || defaultReportFolder(source.environment),
    githubToken: given('github-token'),
    comment: choice('comment', given('comment'), COMMENT_WHEN, 'never', problems),
    checkRun: checkRun(given('check-run'), problems),
    driftIssue: flag('drift-issue', given('drift-issue'), false, problems),
    uploadSarif: flag('upload-sarif', given('upload-sarif'), false, problems),
  };

  const severalApis = inputs.apiIds === '*' || inputs.apiIds.length > 1;
  if (severalApis && inputs.endpointUrl !== null && !inputs.endpointUrl.includes('{api-id}')) {
    problems.push(
      'endpoint-url: one URL for several APIs would probe the same API again and again; put {api-id} into it, or audit one API a step.',
    );
  }
  if (
    Array.isArray(inputs.stages) &&
    inputs.stages.length > 1 &&
    inputs.endpointUrl !== null &&
    !inputs.endpointUrl.includes('{stage}')
  ) {
    problems.push(
      'endpoint-url: one URL for several stages would probe the same stage again and again; put {stage} into it, or name one stage.',
    );
  }
  if (inputs.grant && inputs.invokeGroup === null) {
    problems.push('grant: names nobody to grant to. Set invoke-group to the name of an IAM group.');
  }
  if (inputs.grant && inputs.mode === 'audit') {
    problems.push(
      'grant: an audit changes nothing. Set mode: enforce to make the grant, or mode: plan to see it.',
    );
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return inputs;
}

/** More would wait for hours: the waits between attempts grow to 20 seconds. */
const MAX_ATTEMPTS = 100;

/** The SDK's own variable for how often a call is made. */
function problemsOfAttempts({ AWS_MAX_ATTEMPTS: text = '' }: InputSource['environment']): string[] {
  const isNumber = /^\d{1,9}$/.test(text.trim()) && Number(text) >= 1;
  if (text.trim() === '' || (isNumber && Number(text) <= MAX_ATTEMPTS)) return [];
  return [`AWS_MAX_ATTEMPTS: ${quote(text)} is not a whole number from 1 to ${MAX_ATTEMPTS}.`];
}

/** Items of a list that may be separated by commas, line breaks or both; blanks and repeats dropped. */
export function listOf(text: string): string[] {
  const items = text.split(/[,\r\n]+/).map((item) => item.trim());
  return [...new Set(items.filter((item) => item !== ''))];
}

function apiIds(text: string, problems: string[]): readonly string[] | '*' {
  const ids = listOf(text);
  if (ids.length === 0) {
    problems.push(
      'api-id: is required. Give one REST API id or several, such as a1b2c3d4e5, or * for every REST API of the region.',
    );
    return [];
  }
  if (ids.includes('*')) {
    if (ids.length > 1)
      problems.push('api-id: * already means every API; leave the other ids out.');
    return '*';
  }
  if (ids.length > MAX_API_IDS) {
    problems.push(
      `api-id: names ${ids.length} APIs, and ${MAX_API_IDS} is the most. Use several jobs.`,
    );
    return [];
  }
  // The service answers ids of letters and digits; anything else (an ARN, a URL, a name) is a mix-up.
  refuseItems(
    'api-id',
    ids.filter((id) => !/^[A-Za-z0-9]{1,64}$/.test(id)),
    'is not a REST API id. An id is letters and digits alone, such as a1b2c3d4e5: the first label of the invoke URL.',
    problems,
  );
  return ids;
}

function stages(text: string, problems: string[]): readonly string[] | '*' {
  const names = listOf(text);
  if (names.length === 0 || (names.length === 1 && names[0] === '*')) return '*';
  if (names.length > MAX_STAGES) {
    problems.push(`stage: names ${names.length} stages, and ${MAX_STAGES} is the most.`);
    return [];
  }
  // "Stage names can only contain alphanumeric characters, hyphens, and underscores. Maximum
  // length is 128 characters." (API Gateway API Reference, CreateStage)
  refuseItems(
    'stage',
    names.filter((name) => !/^[A-Za-z0-9_-]{1,128}$/.test(name)),
    'cannot be a stage name. Stage names have letters, digits, - and _, 128 at most.',
    problems,
  );
  return names;
}

function refuseItems(
  input: string,
  refused: readonly string[],
  why: string,
  problems: string[],
): void {
  const named = refused.slice(0, MAX_NAMED_ITEMS);
  problems.push(...named.map((item) => `${input}: ${quote(item)} ${why}`));
  const left = refused.length - named.length;
  if (left > 0)
    problems.push(`${input}: ${left} more of its items are refused for the same reason.`);
}

function region(text: string, environment: InputSource['environment'], problems: string[]): string {
  const name = text || environment.AWS_REGION?.trim() || environment.AWS_DEFAULT_REGION?.trim();
  if (!name) {
    problems.push(
      'region: is not known. Set the input, or AWS_REGION (aws-actions/configure-aws-credentials sets it).',
    );
    return '';
  }
  if (!/^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/.test(name)) {
    problems.push(`region: ${quote(name)} is not an AWS region, such as eu-west-1.`);
  }
  return name;
}

function smokeMethods(text: string, problems: string[]): readonly string[] {
  const names = listOf(text === '' ? 'GET,HEAD' : text).map((name) => name.toUpperCase());
  if (names.length === 0) {
    problems.push(
      'smoke-methods: names no method. To send no request at all, set smoke-test: false.',
    );
  }
  const known: readonly string[] = HTTP_METHODS;
  refuseItems(
    'smoke-methods',
    names.filter((name) => !known.includes(name)),
    `is not an HTTP method of API Gateway. Choose from ${HTTP_METHODS.join(', ')}.`,
    problems,
  );
  return names;
}

function smokeTimeoutMs(text: string, problems: string[]): number {
  if (text === '') return 90_000;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= MAX_SMOKE_TIMEOUT_SECONDS)) {
    problems.push(
      `smoke-timeout: ${quote(text)} is not a number of seconds from 0 to ${MAX_SMOKE_TIMEOUT_SECONDS}.`,
    );
    return 0;
  }
  return seconds * 1000;
}

/** Less would make a region's reading longer than its credentials last. */
const MIN_QUOTA_SHARE_PERCENT = 10;

function quotaShare(text: string, problems: string[]): number {
  if (text === '') return 0.8;
  const percent = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (percent >= MIN_QUOTA_SHARE_PERCENT && percent <= 100) return percent / 100;
  problems.push(
    `quota-share: ${quote(text)} is not a whole number of percent from ${MIN_QUOTA_SHARE_PERCENT} to 100.`,
  );
  return 0.8;
}

/** A wait for AWS that is longer is a mistake: credentials of a job last an hour as a rule. */
const MAX_AWS_TIMEOUT_SECONDS = 3600;

function awsTimeoutMs(text: string, problems: string[]): number {
  if (text === '') return 90_000;
  const seconds = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 1 && seconds <= MAX_AWS_TIMEOUT_SECONDS) return seconds * 1000;
  problems.push(
    `aws-timeout: ${quote(text)} is not a whole number of seconds from 1 to ${MAX_AWS_TIMEOUT_SECONDS}.`,
  );
  return 90_000;
}

function endpointUrl(text: string, problems: string[]): string | null {
  if (text === '') return null;
  const problem = isBaseUrlTemplate(text);
  if (problem !== null) problems.push(`endpoint-url: ${quote(withoutSecrets(text))} ${problem}`);
  return text;
}

/** A URL without the parts that can hold a password or a token: what is refused is shown in the log. */
function withoutSecrets(url: string): string {
  return url.replace(/(:\/\/)?[^?#]*@/, '$1***@').replace(/([?#]).*$/s, '$1***');
}

function invokeRoleArn(text: string, problems: string[]): string | null {
  if (text === '') return null;
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(text)) {
    problems.push(
      `invoke-role-arn: ${quote(text)} is not the ARN of a role, such as arn:aws:iam::111122223333:role/invoker.`,
    );
  }
  return text;
}

function invokeGroup(text: string, problems: string[]): string | null {
  if (text === '') return null;
  // IAM API Reference, GetGroup: GroupName is up to 128 of [\w+=,.@-].
  if (!/^[\w+=,.@-]{1,128}$/.test(text)) {
    problems.push(
      `invoke-group: ${quote(text)} is not the name of an IAM group. Give the name alone, such as api-callers, not its ARN.`,
    );
  }
  return text;
}

/** Long enough for any name; GitHub documents no bound and shows little more. */
const MAX_CHECK_RUN_NAME = 100;

function checkRun(text: string, problems: string[]): string | null {
  if (text === '') return null;
  if (['true', 'false'].includes(text.toLowerCase())) {
    problems.push(
      `check-run: ${quote(text)} would be its name. Give the check run a name, or leave the input out.`,
    );
  } else if (text.length > MAX_CHECK_RUN_NAME || /\p{C}/u.test(text)) {
    problems.push(
      `check-run: ${quote(text)} is no name of one line and at most ${MAX_CHECK_RUN_NAME} characters.`,
    );
  }
  return text;
}

function flag(name: string, text: string, fallback: boolean, problems: string[]): boolean {
  if (text === '') return fallback;
  // The YAML 1.2 core schema's booleans, as @actions/core reads them.
  if (['true', 'True', 'TRUE'].includes(text)) return true;
  if (['false', 'False', 'FALSE'].includes(text)) return false;
  problems.push(`${name}: ${quote(text)} is neither true nor false.`);
  return fallback;
}

function choice<const T extends string>(
  name: string,
  text: string,
  values: readonly T[],
  fallback: T,
  problems: string[],
): T {
  if (text === '') return fallback;
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  problems.push(`${name}: ${quote(text)} is not one of ${values.join(', ')}.`);
  return fallback;
}

/**
 * A value as a message shows it: JSON's quotes, so that blanks and control characters are seen, and
 * without account ids, which an ARN in the wrong place would bring along.
 */
function quote(value: string): string {
  const shown = redact(value);
  return JSON.stringify(shown.length > 80 ? `${shown.slice(0, 80)}…` : shown);
}
