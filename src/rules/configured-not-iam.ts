import type { JoinedMethod } from '../evidence/join.js';
import { UNREADABLE } from '../model/evidence.js';
import type { Finding } from '../report/report.js';
import { finding } from './finding.js';
import {
  type Asked,
  AUDIT,
  enforceFix,
  isAllowed,
  isConfiguredMock,
  oncePerMethod,
} from './method.js';

/** A configured method that is neither AWS_IAM nor a preflight opens with the next deployment. */
export function configuredNotIam(rows: readonly JoinedMethod[], asked: Asked = AUDIT): Finding[] {
  return oncePerMethod(rows).flatMap((row) => {
    const { configured } = row;
    if (configured === null || configured === UNREADABLE || isAllowed(row, configured)) return [];
    if (row.preflights.configured === 'yes') return [];
    // An OPTIONS method with a backend has a rule of its own.
    if (row.method === 'OPTIONS' && !isConfiguredMock(row)) return [];
    const isBareMock = row.method === 'OPTIONS';
    return [
      finding(
        'configured-not-iam',
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
}
