import { onlyDeclared } from '../../../src/evidence/declared/attach.js';
import { declaredLayer } from '../../../src/evidence/declared/layer.js';
import { joinLayers } from '../../../src/evidence/join.js';
import type { DeclaredApi, DeclaredMethod, DeclaredPolicy } from '../../../src/model/declared.js';
import type { ApiEvidence, Evidence } from '../../../src/model/evidence.js';
import type { Finding } from '../../../src/model/finding.js';
import { judge } from '../../../src/rules/judge.js';
import { evidenceOf, ONLY_IAM } from '../evidence-builder.js';

/** A place in `template.yaml`. */
export function at(line: number) {
  return { file: 'template.yaml', line, column: 1 };
}

/** What a file says of `GET /pets`: AWS_IAM, everywhere; every part can be replaced. */
export function declaredMethod(name: string, parts: Partial<DeclaredMethod> = {}): DeclaredMethod {
  const [method = '', path = method] = name.split(' ');
  return {
    method,
    path,
    key: name,
    authorization: 'AWS_IAM',
    unresolved: null,
    by: 'resource',
    unproven: null,
    when: [],
    assumes: [],
    apiKeyRequired: false,
    integration: 'AWS_PROXY',
    isPreflight: false,
    place: at(7),
    fix: { language: 'cloudformation', text: 'AuthorizationType: AWS_IAM' },
    previous: null,
    undeployable: null,
    resource: 'Get',
    constructPath: null,
    suppressions: [],
    notes: [],
    ...parts,
  };
}

/** A REST API in `template.yaml`, without methods. */
export function declaredApi(parts: Partial<DeclaredApi> = {}): DeclaredApi {
  return {
    name: 'Api',
    file: 'template.yaml',
    language: 'cloudformation',
    kind: 'REST',
    place: at(2),
    when: [],
    methods: [],
    unresolved: [],
    undeployable: [],
    policies: [],
    defaultEndpointDisabled: null,
    endpointTypes: ['REGIONAL'],
    identity: { stack: null, logicalId: 'Api', constructPath: null, address: null, id: null },
    suppressions: [],
    notes: [],
    ...parts,
  };
}

export function declaredPolicy(
  statement: unknown,
  parts: Partial<DeclaredPolicy> = {},
): DeclaredPolicy {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statement });
  return { text, unresolved: null, place: at(5), when: [], ...parts };
}

/** What the rules say of APIs that only files have, where nothing is asked of AWS. */
export function findingsOf(...apis: readonly DeclaredApi[]): Finding[] {
  const only = onlyDeclared(apis, ONLY_IAM);
  return findingsIn({ ...evidenceOf(...only), isOfFilesAlone: true });
}

/** What they say of an API in AWS that a file declares. */
export function findingsOfJoined(live: ApiEvidence, ...apis: readonly DeclaredApi[]): Finding[] {
  return findingsIn(evidenceOf({ ...live, declared: declaredLayer(apis, ONLY_IAM) }));
}

function findingsIn(evidence: Evidence): Finding[] {
  const rows = joinLayers(evidence.apis, ONLY_IAM);
  return judge({ evidence, rows, observations: [] });
}
