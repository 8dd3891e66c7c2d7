import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type JoinedMethod, joinLayers } from '../../../src/evidence/join.js';
import type {
  ConfiguredMethod,
  DeployedMethod,
  Evidence,
  Methods,
  Reading,
  StageEvidence,
} from '../../../src/model/evidence.js';
import { stageKey } from '../../../src/model/stage-key.js';
import { isPastAuthorization } from '../../../src/probe/answer.js';
import { finding } from '../../../src/rules/finding.js';
import { judge } from '../../../src/rules/judge.js';
import type { Case } from '../../../src/rules/rule.js';
import { decideRowVerdicts, decideVerdict, provenStages } from '../../../src/rules/verdict.js';
import { ONLY_IAM } from '../evidence-builder.js';
import { arbitraryEvidence, arbitraryObservations } from './arbitrary-evidence.js';

const RUNS = { numRuns: 400 };

/** Evidence with what an endpoint answered for each of its rows. */
const arbitraryCase: fc.Arbitrary<Case> = arbitraryEvidence.chain((evidence) => {
  const rows = joinLayers(evidence.apis, ONLY_IAM);
  return arbitraryObservations(rows).map((observations) => ({ evidence, rows, observations }));
});

function verdictOf(given: Case): string {
  return decideVerdict(judge(given), given.observations);
}

/*
 * What must hold is told here from the evidence itself, in other words than the rules': a method is
 * fine in a layer where its type is AWS_IAM, or where it is an OPTIONS method that this very layer
 * answers by MOCK with CORS.
 */
interface Said {
  readonly key: string;
  readonly type: string;
  readonly isPreflight: boolean;
  readonly isUntold: boolean;
}

/** What one layer says of a method; nothing where it has no such method. */
function saidOf(
  layer: Reading<Methods<ConfiguredMethod | DeployedMethod>> | undefined,
  key: string,
): Said[] {
  const method = layer?.readable ? layer.value.get(key) : undefined;
  if (method === undefined) return [];
  const isPreflight =
    'preflight' in method
      ? method.preflight === 'yes'
      : key.startsWith('OPTIONS ') && method.integrationType === 'MOCK' && method.answersCors;
  const isUntold =
    'preflight' in method &&
    method.preflight === 'unknown' &&
    method.authorizationType !== 'AWS_IAM';
  return [{ key, type: method.authorizationType, isPreflight, isUntold }];
}

/** Every method of every layer, with what the layer says of it. */
function saidBy(evidence: Evidence): Said[] {
  return evidence.apis.flatMap((api) => {
    const stages: readonly StageEvidence[] = api.stages.readable ? api.stages.value : [];
    const layers = [
      api.configured,
      ...stages.flatMap(({ deployed, canary }) => [deployed, ...(canary ? [canary.deployed] : [])]),
    ];
    return layers.flatMap((layer) =>
      layer.readable ? [...layer.value.keys()].flatMap((key) => saidOf(layer, key)) : [],
    );
  });
}

function isOpenSomewhere(evidence: Evidence): boolean {
  return saidBy(evidence).some(({ type, isPreflight }) => type !== 'AWS_IAM' && !isPreflight);
}

function isUnreadSomewhere(evidence: Evidence): boolean {
  return (
    evidence.listing !== null ||
    saidBy(evidence).some(({ type, isUntold }) => type === 'unreadable' || isUntold) ||
    evidence.apis.some(
      ({ description, configured, stages }) =>
        !description.readable ||
        !configured.readable ||
        !stages.readable ||
        stages.value.some((it) => !it.deployed.readable || it.canary?.deployed.readable === false),
    )
  );
}

describe('the verdict', () => {
  test('is never pass where any layer is open', () => {
    fc.assert(
      fc.property(arbitraryCase, (given) => {
        fc.pre(isOpenSomewhere(given.evidence));
        expect(verdictOf(given)).not.toBe('pass');
      }),
      RUNS,
    );
  });

  test('is never pass where anything was not read', () => {
    fc.assert(
      fc.property(arbitraryCase, (given) => {
        fc.pre(isUnreadSomewhere(given.evidence));
        expect(verdictOf(given)).not.toBe('pass');
      }),
      RUNS,
    );
  });

  test('is never pass where an unsigned request was answered for good', () => {
    fc.assert(
      fc.property(arbitraryCase, (given) => {
        fc.pre(
          given.observations.some(
            ({ unsigned }) => unsigned?.settled && isPastAuthorization(unsigned.kind),
          ),
        );
        expect(verdictOf(given)).toBe('fail');
      }),
      RUNS,
    );
  });

  test('is pass where all is read, nothing is open and nothing was asked', () => {
    fc.assert(
      fc.property(arbitraryEvidence, (evidence) => {
        fc.pre(!isOpenSomewhere(evidence) && !isUnreadSomewhere(evidence));
        const rows = joinLayers(evidence.apis, ONLY_IAM);
        // A pass over nothing would be what a wrong region or account gets.
        const expected = rows.length === 0 ? 'incomplete' : 'pass';
        expect(verdictOf({ evidence, rows, observations: [] })).toBe(expected);
      }),
      RUNS,
    );
  });

  test('is pass only where every row is pass, or its stage was proven by another', () => {
    fc.assert(
      fc.property(arbitraryCase, (given) => {
        fc.pre(verdictOf(given) === 'pass');
        const findings = judge(given);
        const rowVerdicts = decideRowVerdicts(given.rows, findings, given.observations);
        expect(rowVerdicts).not.toContain('fail');
        for (const [index, verdict] of rowVerdicts.entries()) {
          if (verdict === 'pass') continue;
          const { api, stage } = given.rows[index] ?? {};
          const key = stageKey(api?.id ?? null, stage?.name ?? null);
          expect(provenStages(given.observations).has(key)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  test('fails where a row fails', () => {
    fc.assert(
      fc.property(arbitraryCase, (given) => {
        const findings = judge(given);
        fc.pre(decideRowVerdicts(given.rows, findings, given.observations).includes('fail'));
        expect(decideVerdict(findings, given.observations)).toBe('fail');
      }),
      RUNS,
    );
  });

  test('of a row is pass only where each of its layers is absent, IAM or a preflight', () => {
    fc.assert(
      fc.property(arbitraryCase, (given) => {
        const verdicts = decideRowVerdicts(given.rows, judge(given), given.observations);
        for (const [index, row] of given.rows.entries()) {
          if (verdicts[index] !== 'pass') continue;
          const key = `${row.method} ${row.path}`;
          const layers = [row.api.configured, row.stage?.deployed, row.stage?.canary?.deployed];
          for (const said of layers.flatMap((layer) => saidOf(layer, key))) {
            expect(said.type === 'AWS_IAM' || said.isPreflight).toBe(true);
            expect(said.type).not.toBe('unreadable');
          }
        }
      }),
      RUNS,
    );
  });
});

describe('findings', () => {
  test('are the same in whatever order the evidence comes', () => {
    const shuffled = arbitraryCase.chain(({ evidence, observations }) =>
      fc
        .tuple(
          fc.shuffledSubarray([...evidence.apis], { minLength: evidence.apis.length }),
          fc.shuffledSubarray([...observations], { minLength: observations.length }),
        )
        .map(([apis, mixed]) => ({ evidence, observations, apis, mixed })),
    );
    fc.assert(
      fc.property(shuffled, ({ evidence, observations, apis, mixed }) => {
        const rows = joinLayers(evidence.apis, ONLY_IAM);
        const rowsMixed: JoinedMethod[] = joinLayers(apis, ONLY_IAM).toReversed();
        const findings = judge({ evidence, rows, observations });
        const findingsMixed = judge({
          evidence: { ...evidence, apis },
          rows: rowsMixed,
          observations: mixed,
        });
        expect(findingsMixed).toEqual(findings);
        expect(decideVerdict(findingsMixed, mixed)).toBe(decideVerdict(findings, observations));
      }),
      RUNS,
    );
  });

  test('have a fingerprint each, and say what is wrong and what to do', () => {
    fc.assert(
      fc.property(arbitraryCase, (given) => {
        const findings = judge(given);
        const fingerprints = findings.map(({ fingerprint }) => fingerprint);
        expect(new Set(fingerprints).size).toBe(findings.length);
        for (const { message, fix } of findings) {
          expect(message).toMatch(/^\S.+$/s);
          expect(fix).toMatch(/^\S.+$/s);
        }
      }),
      RUNS,
    );
  });

  const part = fc.option(fc.string(), { nil: null });
  const subject = fc.record({ api: part, stage: part, method: part, path: part });
  const rule = fc
    .constantFrom('unreadable', 'deployed-not-iam', 'unsigned-accepted')
    .map((id) => ({ id, severity: 'error' as const }));
  const UNREADABLE = { id: 'unreadable', severity: 'error' } as const;

  test('keep their fingerprint whatever they say', () => {
    fc.assert(
      fc.property(subject, fc.string(), fc.string(), (about, message, fix) => {
        expect(finding(UNREADABLE, about, message, fix).fingerprint).toBe(
          finding(UNREADABLE, about, 'other words', 'another fix').fingerprint,
        );
      }),
    );
  });

  test('share a fingerprint only with the same rule on the same subject', () => {
    fc.assert(
      fc.property(rule, subject, rule, subject, (ruleOne, one, ruleTwo, two) => {
        const isSame = JSON.stringify([ruleOne, one]) === JSON.stringify([ruleTwo, two]);
        const same =
          finding(ruleOne, one, '', '').fingerprint === finding(ruleTwo, two, '', '').fingerprint;
        expect(same).toBe(isSame);
      }),
    );
    // Parts cannot run into each other, and an absent part is none that is empty.
    const about = { api: 'a', stage: 'b', method: 'GET', path: '/c' };
    const prints = [
      about,
      { ...about, api: 'ab', stage: '' },
      { ...about, stage: null },
      { ...about, stage: 'null' },
      { ...about, method: 'GET /', path: 'c' },
    ].map((it) => finding(UNREADABLE, it, '', '').fingerprint);
    expect(new Set(prints).size).toBe(prints.length);
  });

  test('keep the fingerprint that they have always had', () => {
    const about = { api: 'a1b2c3', stage: 'prod', method: 'GET', path: '/pets/{id}' };
    expect(finding({ id: 'deployed-not-iam', severity: 'error' }, about, '', '').fingerprint).toBe(
      '0b6578113fb74c09bedb1575e576f765',
    );
  });
});
