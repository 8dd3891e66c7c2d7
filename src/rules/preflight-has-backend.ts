import { UNREADABLE } from '../model/evidence.js';
import { finding } from './finding.js';
import { isAllowed, isConfiguredMock, oncePerMethod } from './method.js';
import type { Rule } from './rule.js';

/** An OPTIONS method without IAM that reaches a backend is an open method, not a preflight. */
export const preflightHasBackend: Rule = {
  id: 'preflight-has-backend',
  severity: 'error',
  holdsWhen: 'an OPTIONS method without IAM reaches a backend, so it is no preflight',
  excusable: true,
  find({ rows }) {
    return oncePerMethod(rows).flatMap((row) => {
      const { configured } = row;
      if (row.method !== 'OPTIONS' || configured === null || configured === UNREADABLE) return [];
      if (isAllowed(row, configured) || isConfiguredMock(row)) return [];
      return [
        finding(
          preflightHasBackend,
          { api: row.api.id, stage: null, method: row.method, path: row.path },
          `The OPTIONS method is configured with ${configured} and its integration is not MOCK: anybody can reach its backend.`,
          'Give it a MOCK integration that answers the CORS headers, or set its authorization to AWS_IAM.',
          configured,
        ),
      ];
    });
  },
};
