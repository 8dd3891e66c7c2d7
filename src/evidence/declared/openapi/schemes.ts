import type { ApiKind } from '../../../model/api-kind.js';
import type { AuthorizationType, Place, Unresolved } from '../../../model/declared.js';
import { fold, foldKey } from '../cloudformation/fold.js';
import type { Scope } from '../cloudformation/scope.js';
import { joinWhen } from '../cloudformation/when.js';
import { entriesOf, get, isMap, type Node, scalarText } from '../node.js';

/** What a method gets that names a scheme in `security`. */
export type SchemeMeaning =
  | { readonly kind: 'authorizer'; readonly type: Exclude<AuthorizationType, 'NONE'> }
  /** `apiKeyRequired`, which is no authentication. */
  | { readonly kind: 'api key' }
  /** Nothing: it is not defined, or of a kind that API Gateway does not import. */
  | { readonly kind: 'nothing'; readonly because: string }
  /** The two things that a careful reader can make of it. */
  | {
      readonly kind: 'unproven';
      readonly type: Exclude<AuthorizationType, 'NONE'>;
      readonly because: string;
    }
  | { readonly kind: 'unresolved'; readonly unresolved: Unresolved };

export interface Scheme {
  readonly meaning: SchemeMeaning;
  readonly when: readonly string[];
}

const AUTHTYPE = 'x-amazon-apigateway-authtype';
const AUTHORIZER = 'x-amazon-apigateway-authorizer';

/** Where a document of OpenAPI 2 defines its schemes, and where one of OpenAPI 3 does: each place of each. */
function schemesOf(document: Node): readonly { readonly node: Node; readonly version: 2 | 3 }[] {
  return [
    ...entriesOf(document, 'securityDefinitions').map(({ value }) => ({
      node: value,
      version: 2 as const,
    })),
    ...entriesOf(document, 'components')
      .flatMap(({ value }) => entriesOf(value, 'securitySchemes'))
      .map(({ value }) => ({ node: value, version: 3 as const })),
  ];
}

/** Looks a scheme up; each of its branches and duplicates is a meaning of its own. */
export function readScheme(
  document: Node,
  name: string,
  kind: ApiKind,
  scope: Scope,
  when: readonly string[],
  place: Place,
): readonly Scheme[] {
  const found = schemesOf(document)
    .flatMap(({ node, version }) => fold(node, scope, when).map((value) => ({ value, version })))
    .flatMap(({ value: schemes, version }) =>
      (schemes.kind === 'known'
        ? entriesOf(schemes.node, name).flatMap((it) => fold(it.value, scope, schemes.when))
        : schemes.kind === 'unknown'
          ? [schemes]
          : []
      ).map((value) => ({ value, version })),
    );
  if (found.length === 0) {
    // SAM writes it for an event without an authorizer, and defines no such scheme.
    const because =
      name === 'NONE' ? 'NONE stands for no authorizer' : `the scheme ${name} is not defined`;
    return [{ meaning: { kind: 'nothing', because }, when }];
  }
  const version = versionOf(document);
  const inPlace = found.filter((it) => version === null || it.version === version);
  const isElsewhere = inPlace.length === 0;
  const schemes = (isElsewhere ? found : inPlace).flatMap(({ value }): readonly Scheme[] => {
    if (value.kind === 'unknown') return [{ meaning: unresolved(value), when: value.when }];
    if (value.kind === 'absent' || !isMap(value.node)) {
      return [
        { meaning: { kind: 'nothing', because: `the scheme ${name} is empty` }, when: value.when },
      ];
    }
    const [reference] = entriesOf(value.node, '$ref');
    if (reference !== undefined) {
      // What stands beside it does not count (OpenAPI Specification, "Reference Object").
      const reason = `the scheme ${name} is a reference ($ref)`;
      const problem = { reason, give: 'write the scheme itself', place: reference.at };
      return [{ meaning: unresolved(problem), when: value.when }];
    }
    return meaningsOf(name, value.node, kind, scope, value.when, place);
  });
  if (!isElsewhere) return schemes;
  const because = `the scheme ${name} is not where OpenAPI ${version === 3 ? '3 has it (components.securitySchemes)' : '2 has it (securityDefinitions)'}`;
  return schemes.map((it) => ({ ...it, meaning: doubted(it.meaning, because) }));
}

/** A scheme that may count or not. */
function doubted(meaning: SchemeMeaning, because: string): SchemeMeaning {
  return meaning.kind === 'authorizer'
    ? { kind: 'unproven', type: meaning.type, because }
    : meaning;
}

/** `null` where a document does not say it, or says both. */
function versionOf(document: Node): 2 | 3 | null {
  const isVersion2 = get(document, 'swagger') !== undefined;
  const isVersion3 = get(document, 'openapi') !== undefined;
  if (isVersion2 === isVersion3) return null;
  return isVersion2 ? 2 : 3;
}

function unresolved({ reason, give, place }: Unresolved): SchemeMeaning {
  return { kind: 'unresolved', unresolved: { reason, give, place } };
}

function meaningsOf(
  name: string,
  scheme: Node,
  kind: ApiKind,
  scope: Scope,
  when: readonly string[],
  place: Place,
): readonly Scheme[] {
  const authorizer = authorizerTypeOf(get(scheme, AUTHORIZER), scope);
  return foldKey(scheme, AUTHTYPE, scope, when).flatMap((authtype): readonly Scheme[] => {
    if (authtype.kind === 'unknown')
      return [{ meaning: unresolved(authtype), when: authtype.when }];
    const written = authtype.kind === 'known' ? scalarText(authtype.node) : undefined;
    return authorizer.flatMap((it): readonly Scheme[] => {
      const joined = joinWhen(authtype.when, it.when);
      if (joined === null) return [];
      return [{ meaning: meaningOf(name, scheme, kind, written, it.type, place), when: joined }];
    });
  });
}

/** Why a scheme with `awsSigv4` may not be AWS_IAM; `null` where it stands as AWS documents it. */
function reasonToDoubt(
  name: string,
  scheme: Node,
  authtype: string,
  authorizer: AuthorizerType,
): string | null {
  const other = entriesOf(scheme, 'type')
    .map(({ value }) => scalarText(value) ?? 'unknown')
    .find((type) => type.toLowerCase() !== 'apikey');
  if (other !== undefined) {
    return `the scheme ${name} is of type ${other}, and AWS documents ${AUTHTYPE} with apiKey alone`;
  }
  if (authorizer !== null) {
    return `the scheme ${name} has ${AUTHTYPE}: ${authtype} and ${AUTHORIZER}, and AWS does not document which counts`;
  }
  return authtype === 'awsSigv4'
    ? null
    : `the scheme ${name} has ${AUTHTYPE}: ${authtype}, and AWS documents awsSigv4 alone`;
}

type AuthorizerType = Exclude<AuthorizationType, 'NONE' | 'AWS_IAM'> | 'unknown' | null;

interface AuthorizerBranch {
  readonly type: AuthorizerType;
  readonly when: readonly string[];
}

function authorizerTypeOf(node: Node | undefined, scope: Scope): readonly AuthorizerBranch[] {
  if (node === undefined) return [{ type: null, when: [] }];
  return fold(node, scope).flatMap((value): readonly AuthorizerBranch[] => {
    if (value.kind === 'absent') return [{ type: null, when: value.when }];
    if (value.kind === 'unknown' || !isMap(value.node)) {
      return [{ type: 'unknown', when: value.when }];
    }
    return foldKey(value.node, 'type', scope, value.when).map((it) => {
      const text = it.kind === 'known' ? (scalarText(it.node) ?? '').toLowerCase() : '';
      const type: AuthorizerType =
        it.kind === 'unknown'
          ? 'unknown'
          : text === 'cognito_user_pools'
            ? 'COGNITO_USER_POOLS'
            : text === 'jwt'
              ? 'JWT'
              : 'CUSTOM';
      return { type, when: it.when };
    });
  });
}

/**
 * One scheme, by API Gateway Developer Guide, "x-amazon-apigateway-authtype" and
 * "x-amazon-apigateway-authorizer", and by what imports were seen to do.
 */
function meaningOf(
  name: string,
  scheme: Node,
  kind: ApiKind,
  authtype: string | undefined,
  authorizer: AuthorizerType,
  place: Place,
): SchemeMeaning {
  const lower = authtype?.toLowerCase();
  if (lower === 'awssigv4') {
    const because = reasonToDoubt(name, scheme, authtype ?? '', authorizer);
    if (because === null) return { kind: 'authorizer', type: 'AWS_IAM' };
    return { kind: 'unproven', type: 'AWS_IAM', because };
  }
  if (lower?.startsWith('aws') === true) {
    return unresolved({
      reason: `${AUTHTYPE}: ${authtype ?? ''} is a value that AWS reserves and does not document`,
      give: 'use awsSigv4',
      place,
    });
  }
  if (authorizer === 'unknown') {
    return unresolved({
      reason: `the type of authorizer ${name} is known at the deployment`,
      give: 'write the type itself in the document',
      place,
    });
  }
  if (authorizer !== null) {
    // HTTP APIs need no authtype; an import as a REST API without it was seen to create no authorizer.
    if (authtype !== undefined || kind === 'HTTP') return { kind: 'authorizer', type: authorizer };
    const because = `the scheme ${name} has ${AUTHORIZER} without ${AUTHTYPE}: an import was seen to create no authorizer for it`;
    return { kind: 'unproven', type: authorizer, because };
  }
  if (authtype !== undefined) {
    return unresolved({
      reason: `the scheme ${name} has ${AUTHTYPE}: ${authtype} and no ${AUTHORIZER}: API Gateway does not create the methods that name it`,
      give: `add ${AUTHORIZER}, or use awsSigv4`,
      place,
    });
  }
  const type = scalarText(get(scheme, 'type'))?.toLowerCase();
  const header = scalarText(get(scheme, 'name'))?.toLowerCase();
  if (type === 'apikey' && header === 'x-api-key') return { kind: 'api key' };
  return {
    kind: 'nothing',
    because: `API Gateway imports no scheme of type ${type ?? 'unknown'} without ${AUTHTYPE}, and ${name} has none`,
  };
}
