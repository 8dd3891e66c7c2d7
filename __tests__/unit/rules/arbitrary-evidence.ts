import fc from 'fast-check';
import type { JoinedMethod } from '../../../src/evidence/join.js';
import type {
  ApiEvidence,
  CanaryEvidence,
  ConfiguredMethod,
  DeployedMethod,
  Evidence,
  Methods,
  Preflight,
  Reading,
  StageEvidence,
} from '../../../src/model/evidence.js';
import type { AnswerKind, SettledAnswer } from '../../../src/probe/answer.js';
import type { Observation } from '../../../src/probe/observation.js';
import { EXPLANATIONS } from '../../../src/rules/observed.js';
import {
  api,
  configuredMethod,
  deployedMethod,
  observation,
  read,
  settled,
  stage,
  UNREAD,
  unsettled,
} from '../evidence-builder.js';

/** Mostly right, so that a verdict can be `pass` now and then. */
const type = fc.oneof(
  { weight: 12, arbitrary: fc.constant('AWS_IAM') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('NONE', 'CUSTOM', 'COGNITO_USER_POOLS', 'unreadable', '', 'IAM'),
  },
);

const name = fc
  .tuple(fc.constantFrom('GET', 'OPTIONS', 'ANY'), fc.constantFrom('/', '/a', '/{id}'))
  .map((parts) => parts.join(' '));

function methodsOf<M>(method: fc.Arbitrary<[string, M]>): fc.Arbitrary<Reading<Methods<M>>> {
  const methods = fc.array(method, { maxLength: 4 }).map((entries) => read(new Map(entries)));
  return fc.oneof(
    { weight: 12, arbitrary: methods },
    { weight: 1, arbitrary: fc.constant<Reading<Methods<M>>>(UNREAD) },
  );
}

const configuredLayer = methodsOf<ConfiguredMethod>(
  fc
    .tuple(name, type, fc.constantFrom('MOCK', 'HTTP', null), fc.boolean(), fc.boolean())
    .map(([key, authorizationType, integrationType, answersCors, apiKeyRequired]) => [
      key,
      configuredMethod(key, { authorizationType, integrationType, answersCors, apiKeyRequired }),
    ]),
);

/** What an export tells of an OPTIONS method, or does not. */
const servedAs = fc.constantFrom<Preflight>('yes', 'yes', 'yes', 'no', 'unknown');

const deployedLayer = methodsOf<DeployedMethod>(
  fc
    .tuple(name, type, fc.boolean(), servedAs, fc.boolean())
    .map(([key, authorizationType, apiKeyRequired, preflight, isBlamed]) => {
      const ofOptions = key.startsWith('OPTIONS ') ? preflight : 'no';
      const isUnknown =
        (ofOptions === 'unknown' && authorizationType !== 'AWS_IAM') ||
        authorizationType === 'unreadable';
      const unread = isUnknown && isBlamed ? UNREAD : null;
      const parts = { authorizationType, apiKeyRequired, preflight: ofOptions, unread };
      return [key, deployedMethod(key, parts)];
    }),
);

const canaryEvidence: fc.Arbitrary<CanaryEvidence> = fc
  .tuple(deployedLayer, fc.constantFrom(0, 1, 50))
  .map(([layer, percentTraffic]) => ({ deploymentId: 'd2', percentTraffic, deployed: layer }));

const stages: fc.Arbitrary<Reading<readonly StageEvidence[]>> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .uniqueArray(
        fc
          .tuple(
            fc.constantFrom('prod', 'dev', 'test'),
            deployedLayer,
            fc.option(canaryEvidence, { freq: 3 }),
          )
          .map(([stageName, layer, canary]) => stage({ name: stageName, deployed: layer, canary })),
        { selector: (it) => it.name, maxLength: 3 },
      )
      .map(read<readonly StageEvidence[]>),
  },
  { weight: 1, arbitrary: fc.constant<Reading<readonly StageEvidence[]>>(UNREAD) },
);

const apiEvidence: fc.Arbitrary<ApiEvidence> = fc
  .tuple(fc.constantFrom('a1', 'b2', 'c3'), configuredLayer, stages, fc.nat(12))
  .map(([id, configured, ofApi, chance]) => {
    const parts = { id, configured, stages: ofApi };
    return api(chance === 0 ? { ...parts, description: UNREAD } : parts);
  });

/** What a region may hold and hide: every mixture of types, preflights, canaries and failures. */
export const arbitraryEvidence: fc.Arbitrary<Evidence> = fc
  .tuple(
    fc.uniqueArray(apiEvidence, { selector: (it) => it.id, minLength: 1, maxLength: 3 }),
    fc.nat(15),
  )
  .map(([apis, chance]) => ({ apis, listing: chance === 0 ? UNREAD : null }));

const KINDS = Object.keys(EXPLANATIONS).filter((kind): kind is AnswerKind => kind in EXPLANATIONS);
const kind = fc.constantFrom(...KINDS);

function answerThatIsOften(usual: AnswerKind): fc.Arbitrary<SettledAnswer | null> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant(settled(usual)) },
    { weight: 1, arbitrary: kind.map((it) => settled(it)) },
    { weight: 1, arbitrary: fc.tuple(kind, kind).map(([a, b]) => unsettled(a, b)) },
    { weight: 1, arbitrary: fc.constant(null) },
  );
}

/** What an endpoint may have answered for each row. */
export function arbitraryObservations(rows: readonly JoinedMethod[]): fc.Arbitrary<Observation[]> {
  const answers = fc.tuple(answerThatIsOften('missing-token'), answerThatIsOften('accepted'));
  return fc.array(answers, { minLength: rows.length, maxLength: rows.length }).map((pairs) =>
    rows.map((row, index) => {
      const [unsigned, signed] = pairs[index] ?? [null, null];
      const notProbed = unsigned === null && signed === null ? 'not in smoke-methods' : null;
      return observation(row, { notProbed, unsigned, signed });
    }),
  );
}
