import type { ApiKind } from '../../../model/api-kind.js';
import type {
  DeclaredMethod,
  DeclaredPolicy,
  Undeployable,
  Unresolved,
} from '../../../model/declared.js';
import { expand } from '../cloudformation/expand.js';
import { fold, foldKey } from '../cloudformation/fold.js';
import { NO_SCOPE, type Scope } from '../cloudformation/scope.js';
import { isMap, isNull, type MapNode, map, type Node } from '../node.js';
import { policiesAt } from '../policy/policy.js';
import type { BasePathMode } from './base-path.js';
import { endpointDisabled, namesEndpoints } from './endpoint.js';
import { referencesOf, renderedKeysOf } from './not-written-out.js';
import { type Blame, readPaths, type Within } from './paths.js';

/** What an OpenAPI document makes of an API. */
export interface DocumentReading {
  readonly methods: readonly DeclaredMethod[];
  readonly unresolved: readonly Unresolved[];
  readonly undeployable: readonly Undeployable[];
  readonly policies: readonly DeclaredPolicy[];
  /** `undefined` where the document does not say it. */
  readonly defaultEndpointDisabled: boolean | null | undefined;
  /** Whether what the document says is of private APIs alone. */
  readonly isPrivate: boolean;
}

export interface DocumentOptions {
  readonly kind: ApiKind;
  readonly scope?: Scope;
  readonly basePath?: BasePathMode;
  readonly when?: readonly string[];
  /** The fix of an operation, and the line that has to change, where not its own. */
  readonly blame?: (operation: Node, method: string) => Blame | undefined;
}

/** Reads a document in every branch of its conditions. */
export function readDocument(body: Node, options: DocumentOptions): DocumentReading {
  const { scope = NO_SCOPE, when = [] } = options;
  const readings = fold(body, scope, when).flatMap((value): readonly DocumentReading[] => {
    if (value.kind === 'absent') return [];
    if (value.kind === 'unknown') return [failed(value)];
    if (!isMap(value.node)) {
      return [
        failed({
          reason: 'the document is no map',
          give: 'write an OpenAPI document',
          place: value.node.at,
        }),
      ];
    }
    return [readOne(value.node, { ...options, scope, when: value.when })];
  });
  return mergeReadings(readings);
}

function failed({ reason, give, place }: Unresolved): DocumentReading {
  return { ...NO_DOCUMENT, unresolved: [{ reason, give, place }] };
}

/** What is read of a document that says nothing. */
export const NO_DOCUMENT: DocumentReading = {
  methods: [],
  unresolved: [],
  undeployable: [],
  policies: [],
  defaultEndpointDisabled: undefined,
  isPrivate: false,
};

/** The endpoint types with what the document says of them: `vpcEndpointIds` are of private APIs alone. */
export function withPrivate(
  types: readonly string[] | null,
  { isPrivate }: Pick<DocumentReading, 'isPrivate'>,
): readonly string[] | null {
  return isPrivate && types !== null ? [...new Set([...types, 'PRIVATE'])] : types;
}

/** Several documents, or branches of one, as one. */
export function mergeReadings(readings: readonly DocumentReading[]): DocumentReading {
  const disabled = new Set(readings.map((it) => it.defaultEndpointDisabled));
  const [first] = disabled;
  return {
    methods: readings.flatMap((it) => it.methods),
    unresolved: readings.flatMap((it) => it.unresolved),
    undeployable: readings.flatMap((it) => it.undeployable),
    policies: readings.flatMap((it) => it.policies),
    defaultEndpointDisabled: disabled.size > 1 ? null : first,
    isPrivate: readings.some((it) => it.isPrivate),
  };
}

function readOne(
  written: MapNode,
  options: DocumentOptions & { readonly scope: Scope; readonly when: readonly string[] },
): DocumentReading {
  const { kind, scope, basePath: mode = 'ignore', when } = options;
  const { entries, unresolved } = expand(written, scope);
  const document = map(entries, written.at);
  const within: Within = {
    context: { document, kind, scope },
    mode,
    blame: options.blame,
    methods: [],
    unresolved: [...unresolved, ...referencesOf(document), ...renderedKeysOf(document)],
  };
  for (const value of foldKey(document, 'paths', scope, when)) {
    if (value.kind === 'unknown') within.unresolved.push(value);
    else if (value.kind === 'known' && isMap(value.node)) readPaths(value.node, value.when, within);
    else if (value.kind === 'known' && !isNull(value.node)) {
      within.unresolved.push({
        reason: 'paths is no map',
        give: 'write a map of paths',
        place: value.keyAt ?? value.node.at,
      });
    }
  }
  return {
    methods: within.methods,
    unresolved: within.unresolved,
    undeployable: [],
    policies: policiesAt(document, 'x-amazon-apigateway-policy', scope, when),
    defaultEndpointDisabled: endpointDisabled(document, scope),
    isPrivate: kind === 'REST' && namesEndpoints(document, scope),
  };
}
