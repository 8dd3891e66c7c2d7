import { makePlan, PLAN_SCHEMA, type Plan } from '../../../src/fleet/plan.js';
import type { ReportFacts } from '../../../src/fleet/read-report.js';
import { spread } from '../../../src/fleet/spread.js';
import { makeFinding, makeReport } from '../report/sample-report.js';

export const MADE_AT = '2026-11-25T01:00:00.000Z';

/** A plan of some accounts in two regions; every third of them has the name of another, or none. */
export function makeFleetPlan(accounts = 6, shards = 3): Plan {
  const targets = Array.from({ length: accounts }, (_, index) => {
    const account = String(100_000_000_000 + index);
    const name = index % 3 === 0 ? null : index % 3 === 1 ? `account-${index}` : 'twin';
    return ['eu-central-1', 'eu-west-1'].map((region) => ({
      id: `${index.toString(16).padStart(12, '0')}.${region}`,
      ...{ account, name, ou: 'ou-ab12-11111111', region },
      role: `arn:aws:iam::${account}:role/reader`,
      apisLastTime: null,
    }));
  }).flat();
  return makePlan({
    schema: PLAN_SCHEMA,
    madeAt: MADE_AT,
    scope: '.github/apigw-iam-gate.targets.yml',
    auth: 'chain',
    externalIdFrom: null,
    targets,
    unlisted: [],
    shards: spread(targets, shards),
    leftOut: [{ account: '999999999999', name: 'old', region: null, why: 'the account is closed' }],
  });
}

/** What a merge takes from a report with so many open methods. */
export function makeFacts(open = 0, parts: Partial<ReportFacts> = {}): ReportFacts {
  const findings = Array.from({ length: open }, (_, index) =>
    makeFinding({
      ...{ path: `/open/${index}`, effect: 'open', known: false },
      fingerprint: `f${index}`,
      targetFingerprint: null,
    }),
  );
  return {
    ...makeReport({ verdict: open > 0 ? 'fail' : 'pass', incomplete: false, findings }),
    counts: { methods: open + 1, errors: open, warnings: 0, known: 0, suppressed: 0, changed: 0 },
    target: { account: 'a', region: 'eu-west-1' },
    apis: [{ id: 'a1b2c3d4e5', name: 'orders' }],
    isAsked: false,
    ...parts,
  };
}
