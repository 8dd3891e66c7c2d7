import type { ApiKind } from '../../../model/api-kind.js';
import type {
  DeclaredApi,
  DeclaredMethod,
  DeclaredPolicy,
  Place,
  Unresolved,
} from '../../../model/declared.js';
import { type Files, resolveFrom } from '../files.js';
import { LIMITS } from '../limits.js';
import { methodDraft, routeOf } from '../method-draft.js';
import { isBasePathMode } from '../openapi/base-path.js';
import { readDocument, withPrivate } from '../openapi/document.js';
import { parseText } from '../parse.js';
import { SyntaxProblem } from '../parse-json.js';
import { FIXES } from '../snippets.js';
import { attribute, fileNamed, literal } from './hcl.js';
import { addressOf, GIVE, keepsAsItIs, keptInWords, textOf } from './plain-source.js';
import { placeOf, type Source, type Sources, suppressionsOf } from './sources.js';

/** An API of which nothing is known yet. */
export function emptyApi(source: Source, kind: ApiKind, name: string): DeclaredApi {
  return {
    name,
    file: source.file,
    language: 'terraform',
    kind,
    place: source.block.at,
    when: [],
    methods: [],
    unresolved: [],
    undeployable: [],
    policies: [],
    defaultEndpointDisabled: null,
    endpointTypes: null,
    identity: { stack: null, logicalId: null, constructPath: null, address: name, id: null },
    suppressions: suppressionsOf(source),
    notes: [],
  };
}

/**
 * The endpoint types, where they are written out: `null` where they are not, or where nobody can tell how many
 * blocks there will be.
 */
function endpointTypesOf({ block }: Source): readonly string[] | null {
  const isDynamic = block.blocks.some(({ type }) => type === 'dynamic');
  const parameters = attribute(block, 'parameters')?.expression ?? '{}';
  if (isDynamic || !/^\{[^A-Z]*\}$/i.test(parameters.replaceAll(/basepath\s*=\s*"\w+"/g, ''))) {
    return null;
  }
  const lists = block.blocks
    .filter(({ type }) => type === 'endpoint_configuration')
    .map((it) => attribute(it, 'types')?.expression ?? '');
  if (!lists.every((it) => /^\[\s*(?:"[A-Z]+"\s*(?:,\s*)?)*\]$/.test(it))) return null;
  return lists.flatMap((it) => [...it.matchAll(/"([A-Z]+)"/g)].map(([, type = '']) => type));
}

/** The API that a block declares, with what its document says. */
export function apiOf(source: Source, kind: ApiKind, files: Files, sources: Sources): DeclaredApi {
  const api = emptyApi(source, kind, addressOf(source));
  const unresolved: Unresolved[] = [...repetition(source), ...kept(source)];
  const methods: DeclaredMethod[] = [];
  const policies: DeclaredPolicy[] = [...policiesOf(source)];
  let endpointTypes = kind === 'REST' ? endpointTypesOf(source) : [];
  const place = placeOf(source, 'body');
  const body = attribute(source.block, 'body');
  if (body !== undefined && literal(body.expression) !== null) {
    const reading = bodyOf(source, body.expression, place, kind, files, sources);
    if ('reason' in reading) unresolved.push(reading);
    else {
      methods.push(...reading.methods.map((it) => ({ ...it, resource: api.name })));
      unresolved.push(...reading.unresolved);
      policies.push(...reading.policies);
      endpointTypes = withPrivate(endpointTypes, reading);
    }
  }
  const mode = attribute(source.block, 'put_rest_api_mode');
  if (mode !== undefined && literal(mode.expression) !== 'overwrite' && body !== undefined) {
    const reason = 'put_rest_api_mode may keep methods that the document does not name';
    unresolved.push({ reason, give: 'use "overwrite", or give a plan', place: mode.at });
  }
  const protocol = attribute(source.block, 'protocol_type');
  if (kind !== 'REST' && protocol !== undefined && textOf(source, 'protocol_type') === undefined) {
    unresolved.push({ reason: 'protocol_type is an expression', give: GIVE, place: protocol.at });
  }
  methods.push(...(kind === 'HTTP' ? quickCreated(source) : []));
  const disabled = attribute(source.block, 'disable_execute_api_endpoint');
  const isDisabled = literal(disabled?.expression);
  return {
    ...api,
    methods,
    unresolved,
    policies,
    endpointTypes,
    defaultEndpointDisabled:
      disabled === undefined ? false : typeof isDisabled === 'boolean' ? isDisabled : null,
  };
}

/** The route that `target` makes, unless it is null, which a variable or a condition may be. */
function quickCreated(source: Source): readonly DeclaredMethod[] {
  const expression = attribute(source.block, 'target')?.expression;
  const target = literal(expression);
  if (expression === undefined || target === null) return [];
  const { method, path } = routeOf(textOf(source, 'route_key') ?? '$default');
  const place = placeOf(source, 'target');
  const draft = methodDraft(method, path, place, FIXES.terraformQuickCreate);
  const open = { ...draft, by: 'quick create' as const };
  if (typeof target === 'string' || OF_RESOURCE.test(expression)) return [open];
  const reason = `target of ${addressOf(source)} is the expression ${expression.split('\n', 1)[0] ?? ''}, and makes an open route unless it is null`;
  return [{ ...open, authorization: 'unresolved', unresolved: { reason, give: GIVE, place } }];
}

/** `aws_lambda_function.a.arn`, and no more: an attribute of a resource. */
const OF_RESOURCE =
  /^(?!(?:var|local|module|each|count|self|path|terraform)\.)[a-z][a-z0-9_]*\.[\w-]+\.\w+$/;

/** The resource policy that a block sets: its text where it is literal. */
export function policiesOf(source: Source): readonly DeclaredPolicy[] {
  const policy = attribute(source.block, 'policy');
  const text = literal(policy?.expression);
  if (policy === undefined || text === null) return [];
  const place = policy.at;
  return [
    typeof text === 'string'
      ? { text, unresolved: null, place, when: [] }
      : {
          text: null,
          unresolved: { reason: 'policy is an expression', give: GIVE, place },
          place,
          when: [],
        },
  ];
}

/** What an API has in AWS, and Terraform does not change. */
export function kept(source: Source): Unresolved[] {
  return ['body', 'policy']
    .filter((name) => attribute(source.block, name) !== undefined && keepsAsItIs(source, name))
    .map((name) => {
      return { reason: keptInWords(source, name), give: GIVE, place: placeOf(source, name) };
    });
}

/** `count` and `for_each`: how many of it there will be is not known. */
function repetition(source: Source): Unresolved[] {
  return ['count', 'for_each'].flatMap((name) => {
    const found = attribute(source.block, name);
    if (found === undefined || literal(found.expression) === '1') return [];
    const reason = `${addressOf(source)} has ${name}, and what becomes of it is not known`;
    return [{ reason, give: GIVE, place: found.at }];
  });
}

function bodyOf(
  source: Source,
  expression: string,
  place: Place,
  kind: ApiKind,
  files: Files,
  sources: Sources,
) {
  const basePathText = /basepath\s*=\s*"(\w+)"/.exec(
    attribute(source.block, 'parameters')?.expression ?? '',
  )?.[1];
  const basePath = isBasePathMode(basePathText) ? basePathText : 'ignore';
  const unclear = (reason: string, at = place): Unresolved => ({ reason, give: GIVE, place: at });
  const written = literal(expression);
  const named = fileNamed(expression);
  try {
    if (typeof written === 'string') {
      const document = parseText(source.file, written);
      const reading = readDocument(document, { kind, basePath });
      return { ...reading, methods: reading.methods.map((it) => ({ ...it, place })) };
    }
    if (named === null) return unclear(`the body of ${addressOf(source)} is an expression`);
    if (!named.isFromModule && sources.isModule(source.folder)) {
      return unclear(
        `the document ${named.path} is in the folder of the module that calls this one`,
      );
    }
    const path = resolveFrom(source.file, named.path);
    const file =
      path === null ? { problem: 'leads out of the workspace' } : files.read(path, LIMITS.bytes);
    if ('problem' in file) return unclear(`the document ${named.path} ${file.problem}`);
    if (named.isTemplate && file.text.includes('%{')) {
      return unclear(`the document ${named.path} is a template with directives`);
    }
    return readDocument(parseText(path ?? '', file.text), { kind, basePath });
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    const reason = `the body of ${addressOf(source)} cannot be parsed: ${error.message}`;
    return { reason, give: 'mend the document', place: named === null ? place : error.place };
  }
}

/** Two declarations of one API, of which either may count. */
export function eitherOf(a: DeclaredApi, b: DeclaredApi): DeclaredApi {
  const isSame = a.defaultEndpointDisabled === b.defaultEndpointDisabled;
  const types = a.endpointTypes === null || b.endpointTypes === null;
  return {
    ...a,
    methods: [...a.methods, ...b.methods],
    unresolved: [...a.unresolved, ...b.unresolved],
    policies: [...a.policies, ...b.policies],
    defaultEndpointDisabled: isSame ? a.defaultEndpointDisabled : null,
    endpointTypes: types
      ? null
      : [...new Set([...(a.endpointTypes ?? []), ...(b.endpointTypes ?? [])])],
  };
}
