import type { JoinedMethod } from '../evidence/join.js';
import { UNREADABLE } from '../model/evidence.js';
import type { Finding } from '../model/finding.js';
import {
  aboutMethod,
  besides,
  declarationsIn,
  openPlaces,
  placeInWords,
  reachesBackend,
  whenInWords,
} from './declared.js';
import { finding } from './finding.js';
import { isAllowed, isConfiguredMock, oncePerMethod } from './method.js';
import type { Rule } from './rule.js';

/** An OPTIONS method without IAM that reaches a backend is an open method, not a preflight. */
export const preflightHasBackend: Rule = {
  id: 'preflight-has-backend',
  severity: 'error',
  effect: 'opens-next',
  holdsWhen: 'an OPTIONS method without IAM reaches a backend, so it is no preflight',
  excusable: true,
  find({ rows }) {
    const ofConfigured = oncePerMethod(rows).flatMap((row) => {
      const { configured } = row;
      if (row.method !== 'OPTIONS' || configured === null || configured === UNREADABLE) return [];
      if (isAllowed(row, configured) || isConfiguredMock(row)) return [];
      return [
        finding(
          preflightHasBackend,
          { api: row.api.id, stage: null, method: row.method, path: row.path },
          ...wordsOn(row, configured),
          configured,
        ),
      ];
    });
    return [...ofConfigured, ...inFiles(rows)];
  },
};

/** What is wrong with an OPTIONS method or route, and what to do. */
function wordsOn({ api }: JoinedMethod, configured: string): readonly [string, string] {
  if (api.kind === 'REST') {
    return [
      `The OPTIONS method is configured with ${configured} and its integration is not MOCK: anybody can reach its backend.`,
      'Give it a MOCK integration that answers the CORS headers, or set its authorization to AWS_IAM.',
    ];
  }
  const answersCors = api.description.readable && api.description.value.v2?.answersCors === true;
  return [
    `The OPTIONS route is configured with ${configured}, and a route of an HTTP API always has a backend: anybody can reach it.`,
    answersCors
      ? 'Remove the route, since the API answers preflights by itself (CorsConfiguration), or set its authorization to AWS_IAM.'
      : 'Set CorsConfiguration on the API, which answers preflights without a route, and remove the route; or set its authorization to AWS_IAM.',
  ];
}

/** OPTIONS of an HTTP API always reaches a backend: the API answers preflights without a route. */
function inFiles(rows: readonly JoinedMethod[]): Finding[] {
  return declarationsIn(rows).flatMap((declaration) =>
    openPlaces(declaration).flatMap((lines, index) => {
      const worst = lines.find(({ method }) => method.authorization === 'NONE') ?? lines[0];
      if (worst === undefined || !reachesBackend(worst)) return [];
      const { api, method } = worst;
      const { place, authorization } = method;
      const isRest = api.kind === 'REST';
      return [
        aboutMethod(
          preflightHasBackend,
          declaration,
          worst,
          {
            message: `${placeInWords(place)} declares the OPTIONS ${isRest ? 'method' : 'route'} with ${authorization}${whenInWords(lines.map(({ method }) => method))}, and ${isRest ? 'its integration is not MOCK' : 'an HTTP API answers preflights without a route'}: anybody can reach its backend.${besides(lines)}`,
            fix: isRest
              ? `Give it a MOCK integration that answers the CORS headers, or write there:`
              : `Set CorsConfiguration on the API and leave the route out, or write there:`,
            hasSnippet: true,
            branches: lines,
          },
          index === 0 ? authorization : `${authorization} ${index}`,
        ),
      ];
    }),
  );
}
