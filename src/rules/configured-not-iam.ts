import type { JoinedMethod } from '../evidence/join.js';
import { UNREADABLE } from '../model/evidence.js';
import { finding } from './finding.js';
import {
  enforceFix,
  isAllowed,
  isConfiguredMock,
  nounOf,
  oncePerMethod,
  reachOf,
} from './method.js';
import type { Rule } from './rule.js';

/** A configured method that is neither AWS_IAM nor a preflight opens with the next deployment. */
export const configuredNotIam: Rule = {
  id: 'configured-not-iam',
  severity: 'error',
  effect: 'opens-next',
  holdsWhen: "a configured method's type is not AWS_IAM: the next deployment opens it",
  excusable: true,
  find({ rows, asked }) {
    return oncePerMethod(rows).flatMap((row) => {
      const { configured } = row;
      if (configured === null || configured === UNREADABLE || isAllowed(row, configured)) return [];
      if (row.preflights.configured === 'yes') return [];
      // An OPTIONS method with a backend has a rule of its own.
      if (row.method === 'OPTIONS' && !isConfiguredMock(row)) return [];
      const isBareMock = row.method === 'OPTIONS';
      return [
        finding(
          configuredNotIam,
          { api: row.api.id, stage: null, method: row.method, path: row.path },
          isBareMock
            ? `The OPTIONS method is configured with ${configured} and answers no CORS headers, so it is not a preflight.`
            : `The ${nounOf(row)} is configured with ${configured}, not AWS_IAM: ${whenServed(row)}${reachOf(row)}.`,
          isBareMock
            ? 'Declare Access-Control-Allow-Origin in its 200 or 204 method response, or set its authorization to AWS_IAM.'
            : enforceFix(row, configured, asked),
          configured,
        ),
      ];
    });
  },
};

/** Stages that deploy by themselves serve what is configured at once. */
function whenServed({ api }: JoinedMethod): string {
  const stages = api.stages.readable ? api.stages.value : [];
  return stages.length > 0 && stages.every(({ deployment }) => deployment?.autoDeploy === true)
    ? 'stages that deploy by themselves serve it so'
    : 'the next deployment serves it so';
}
