import type { JoinedMethod } from '../evidence/join.js';
import type { DeclaredApi } from '../model/declared.js';
import { type Evidence, methodKey } from '../model/evidence.js';
import type { Finding } from '../model/finding.js';
import { aboutApi, declaredApis, placeInWords } from './declared.js';
import { finding } from './finding.js';
import { oncePerMethod } from './method.js';
import type { Rule } from './rule.js';

/**
 * "You can control access to your API" by the `$connect` route alone (API Gateway Developer Guide,
 * "Control access to WebSocket APIs with AWS_IAM authorization"): without that route everybody connects.
 */
export const websocketWithoutConnect: Rule = {
  id: 'websocket-without-connect',
  severity: 'error',
  effect: 'opens-next',
  holdsWhen: 'a WebSocket API has no $connect route: everybody can connect',
  excusable: true,
  find({ evidence, rows }) {
    return [...oncePerMethod(rows).flatMap(ofLive), ...ofFiles(evidence)];
  },
};

/** A WebSocket API in AWS that has no such route. */
function ofLive({ api, method, path, configured }: JoinedMethod): Finding[] {
  const isEntrance = api.alwaysJudged?.some((it) => it.method === method) === true;
  if (!isEntrance || configured !== null) return [];
  const stages = api.stages.readable ? api.stages.value : [];
  const key = methodKey(method, path);
  const isServedSo = stages.some(({ deployed }) => deployed.readable && !deployed.value.has(key));
  const found = finding(
    websocketWithoutConnect,
    { api: api.id, stage: null, method, path },
    `The WebSocket API has no $connect route: ${isServedSo ? 'everybody can connect' : 'from the next deployment on everybody can connect'}, and send what the other routes take.`,
    'Add a $connect route with the authorization type AWS_IAM.',
  );
  return [isServedSo ? { ...found, effect: 'open' } : found];
}

function ofFiles(evidence: Evidence): Finding[] {
  return declaredApis(evidence.apis).flatMap(({ api, declared }) => {
    if (declared.kind !== 'WEBSOCKET' || declared.methods.length === 0) return [];
    // Where routes may be missing from what was read, that is a finding of its own.
    const connects = declared.methods.filter(({ method }) => method === '$connect');
    if (connects.length === 0 && declared.unresolved.length > 0) return [];
    const gap = branchWithout(declared, connects);
    if (gap === null) return [];
    return [
      aboutApi(websocketWithoutConnect, api, declared, declared.place, {
        message: `The WebSocket API of ${placeInWords(declared.place)} has no $connect route${gap}: everybody can connect, and send what the other routes take.`,
        fix: 'Add a $connect route with the authorization type AWS_IAM.',
      }),
    ];
  });
}

function nameOf(condition: string): string {
  return condition.replace(/^!/, '');
}

/** More conditions than any route has; with more, nobody tries them all, and there is a gap. */
const MAX_CONDITIONS = 10;

/** Where there is no `$connect` route: `''` for everywhere, `null` for nowhere. */
function branchWithout(
  { when: ofApi, impossible = [] }: DeclaredApi,
  connects: DeclaredApi['methods'],
): string | null {
  if (connects.length === 0) return '';
  // `Stage=dev` is one of all the values that a route's type has; a route is there, or is not, by conditions.
  const branches = connects.map(({ when }) =>
    when.filter((it) => !ofApi.includes(it) && !it.includes('=')),
  );
  const names = [...new Set(branches.flat().map((it) => nameOf(it)))];
  if (names.length > MAX_CONDITIONS) {
    return branches.some((when) => when.length === 0) ? null : ' where its conditions do not hold';
  }
  const never = impossible.filter((when) => when.every((it) => names.includes(nameOf(it))));
  const all = 2 ** names.length;
  for (let bits = 0; bits < all; bits += 1) {
    const isTrue = (name: string): boolean => ((bits >> names.indexOf(name)) & 1) === 1;
    const holds = (when: readonly string[]): boolean =>
      when.every((it) => (it.startsWith('!') ? !isTrue(it.slice(1)) : isTrue(it)));
    if (branches.some(holds) || never.some(holds)) continue;
    const where = names.map((name) => `${name} is ${isTrue(name)}`).join(' and ');
    return ` where ${where}`;
  }
  return null;
}
