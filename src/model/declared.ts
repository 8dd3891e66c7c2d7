/**
 * The declared layer: what the files of the repository say that each method and route will be once
 * they are deployed. What cannot be known before the deployment is data of its own (`unresolved`),
 * never an absence.
 */

import type { ApiKind } from './api-kind.js';

/** A place in a file; line and column count from 1, as editors and annotations do. */
export interface Place {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type { ApiKind };

export type AuthorizationType = 'NONE' | 'AWS_IAM' | 'CUSTOM' | 'COGNITO_USER_POOLS' | 'JWT';

/** The tool whose language a file is written in, hence the language of a fix. */
export type Language =
  | 'openapi'
  | 'cloudformation'
  | 'sam'
  | 'cdk'
  | 'terraform'
  | 'serverless'
  | 'serverless.yml';

/** Why nobody can know something before the deployment, and what makes it known. */
export interface Unresolved {
  /** A clause: "parameter Stage has no default". */
  readonly reason: string;
  /** What the user can give so that it is known: "give the value in a parameter file". */
  readonly give: string;
  readonly place: Place;
}

/** Why AWS, or the tool that deploys, refuses what a file says. */
export interface Undeployable {
  readonly reason: string;
  readonly place: Place;
}

/** What decided a method's authorization type. */
export type DecidedBy =
  /** `security` of the OpenAPI operation. */
  | 'operation'
  /** `security` of the OpenAPI document. */
  | 'root'
  | 'x-amazon-apigateway-auth'
  /** A property of the method's or route's own resource. */
  | 'resource'
  /** What the service takes where a property is absent. */
  | 'default'
  /** The `$default` route that API Gateway creates for an HTTP API with a target. */
  | 'quick create'
  | 'nothing';

/** What to change, in the words of the file's own language. */
export interface Fix {
  readonly language: Language;
  /** A snippet of that language, of one or more lines. */
  readonly text: string;
}

/** A skip that another tool obeys. It is mentioned, never obeyed. */
export interface Suppression {
  readonly tool: 'checkov' | 'cfn_nag' | 'cfn-guard' | 'cdk-nag';
  readonly id: string;
  readonly reason: string | null;
  readonly place: Place;
}

/**
 * What one branch of a file makes of one method. A method has as many of these as its file has
 * branches that differ, and as AWS could read the file in ways that differ: each is judged.
 */
export interface DeclaredMethod {
  /** `GET`, `ANY`; of a route without a path the whole key: `$default`, `$connect`, `sendMessage`. */
  readonly method: string;
  /** `null` where the path is not known before the deployment. */
  readonly path: string | null;
  /** What API Gateway calls it: `GET /pets`, `$default`, `$connect`; `null` where the path is not known. */
  readonly key: string | null;
  readonly authorization: AuthorizationType | 'unresolved';
  /** Why the authorization type is unresolved; `null` where it is known. */
  readonly unresolved: Unresolved | null;
  readonly by: DecidedBy;
  /** Why AWS's documents and its behaviour may disagree on it; `null` where they do not. */
  readonly unproven: string | null;
  /** The conditions under which this branch is deployed: `IsProd`, `!IsProd`, `Stage=dev`. */
  readonly when: readonly string[];
  /** What the template says and a deployment can override, such as a parameter's default. */
  readonly assumes: readonly string[];
  readonly apiKeyRequired: boolean;
  /** `MOCK`, `AWS_PROXY`…; `null` where the file names none or it is not known. */
  readonly integration: string | null;
  /** Whether it answers CORS by itself: OPTIONS, a MOCK integration and CORS headers in its answer. */
  readonly isPreflight: boolean;
  /** Where the file has to change. */
  readonly place: Place;
  readonly fix: Fix;
  /** The type before this change, where that is known: "weakened by this change". */
  readonly previous: string | null;
  readonly undeployable: Undeployable | null;
  /** The logical id or address of the method's own resource; `null` in an OpenAPI document. */
  readonly resource: string | null;
  /** The construct's path in a CDK app. */
  readonly constructPath: string | null;
  readonly suppressions: readonly Suppression[];
  /** What a person should know about this method, in whole clauses. */
  readonly notes: readonly string[];
}

/** The resource policy that a file declares for a REST API. */
export interface DeclaredPolicy {
  /** JSON text; an intrinsic function in it that cannot be folded is text like `${Name}`. */
  readonly text: string | null;
  /** Why the policy, or a part of it, is not known. */
  readonly unresolved: Unresolved | null;
  readonly place: Place;
  readonly when: readonly string[];
  /** What a deployment can override, such as a parameter's default; nothing where it is absent. */
  readonly assumes?: readonly string[];
  /** The same for all branches of one policy; a policy without has one branch. */
  readonly branchOf?: symbol;
}

/** What joins a declared API to the live one. */
export interface ApiIdentity {
  /** The CloudFormation stack's name, where the files tell it. */
  readonly stack: string | null;
  /** CloudFormation's logical id, nested stacks separated by `/`. */
  readonly logicalId: string | null;
  readonly constructPath: string | null;
  /** The address in a Terraform plan. */
  readonly address: string | null;
  /** The API's id, where the plan knows it. */
  readonly id: string | null;
}

export interface DeclaredApi {
  /** The logical id, the address, or `document`. */
  readonly name: string;
  readonly file: string;
  readonly language: Language;
  readonly kind: ApiKind;
  readonly place: Place;
  /** Of an API that these files only add to: it has methods that are not known here. */
  readonly isElsewhere?: true;
  /** The conditions under which the API itself exists. */
  readonly when: readonly string[];
  readonly methods: readonly DeclaredMethod[];
  /** Sets of conditions that never hold together, of those that decide of a `$connect` route. */
  readonly impossible?: readonly (readonly string[])[];
  /** What of the API cannot be known. Not empty: the methods may not be all. */
  readonly unresolved: readonly Unresolved[];
  readonly undeployable: readonly Undeployable[];
  readonly policies: readonly DeclaredPolicy[];
  /** Whether the default endpoint is disabled; `null` where that is not known. */
  readonly defaultEndpointDisabled: boolean | null;
  /** `EDGE`, `REGIONAL`, `PRIVATE`, as far as the file says it; `null` where that is not known. */
  readonly endpointTypes: readonly string[] | null;
  readonly identity: ApiIdentity;
  readonly suppressions: readonly Suppression[];
  readonly notes: readonly string[];
}

/** What became of one file that was named. */
export interface DeclaredFile {
  readonly file: string;
  readonly language: Language | null;
  readonly outcome: 'read' | 'no API' | 'unreadable';
  /** Why it is unreadable; `null` otherwise. */
  readonly problem: string | null;
  readonly place: Place;
  /** What of the file, not of one API, cannot be known: a macro, a nested stack elsewhere. */
  readonly unresolved: readonly Unresolved[];
  /** Why the file cannot be deployed at all. */
  readonly undeployable: readonly Undeployable[];
}

export interface Declared {
  readonly apis: readonly DeclaredApi[];
  readonly files: readonly DeclaredFile[];
  /** Globs that match no file: a mistake in the configuration. */
  readonly unmatched: readonly string[];
  /** What else is wrong with what was asked for, such as a parameter file that cannot be read. */
  readonly problems: readonly string[];
}
