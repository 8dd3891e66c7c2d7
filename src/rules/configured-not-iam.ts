import { UNREADABLE } from '../model/evidence.js';
import { finding } from './finding.js';
import { enforceFix, isAllowed, isConfiguredMock, oncePerMethod } from './method.js';
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
            : `The method is configured with ${configured}, not AWS_IAM: the next deployment serves it so.`,
          isBareMock
            ? 'Declare Access-Control-Allow-Origin in its 200 or 204 method response, or set its authorization to AWS_IAM.'
            : enforceFix(configured, asked),
          configured,
        ),
      ];
    });
  },
};
