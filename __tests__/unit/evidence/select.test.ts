import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { describe, expect, test } from '@jest/globals';
import { AwsFailure } from '../../../src/aws/failure.js';
import type { KindReader, ListedApi } from '../../../src/evidence/kind.js';
import { type Selection, selectApis } from '../../../src/evidence/select/select.js';
import type { ApiKind } from '../../../src/model/api-kind.js';
import { ConfigurationError } from '../../../src/model/errors.js';
import { DENIED } from '../aws/sdk-error.js';
import { api, read, UNREAD } from '../evidence-builder.js';

/* Which APIs names, tags and stacks stand for. */

function listed(id: string, name: string, tags: Record<string, string> = {}): ListedApi {
  const { description } = api();
  if (!description.readable) throw new Error('the description cannot be read');
  return { id, known: read({ ...description.value, name, tags }) };
}

/** A region with these APIs, and stacks with these resources; what is not there is denied. */
interface Region {
  readonly rest?: readonly ListedApi[];
  readonly http?: readonly ListedApi[];
  readonly isUnlisted?: boolean;
  readonly kinds?: readonly ApiKind[];
  readonly stacks?: Readonly<Record<string, readonly StackResourceSummary[] | null>>;
}

async function select(
  texts: readonly string[],
  { rest = [], http = [], isUnlisted = false, kinds = ['REST', 'HTTP'], stacks = {} }: Region,
  isToChange = false,
): Promise<Selection & { calls: string[] }> {
  const calls: string[] = [];
  const never = async () => {
    throw new Error('is not asked');
  };
  const readers = kinds.map(
    (kind): KindReader => ({
      kind,
      list: async () => {
        calls.push(`list ${kind}`);
        return {
          apis: kind === 'REST' ? rest : http,
          unreadable: isUnlisted && kind === 'HTTP' ? UNREAD : null,
        };
      },
      find: never,
      read: never,
    }),
  );
  const cloudFormation = async () => ({
    listStackResources: async (name: string) => {
      calls.push(`read ${name}`);
      const found = stacks[name];
      if (found === undefined) throw new AwsFailure('ListStackResources', DENIED, 1);
      return found;
    },
  });
  const selection = await selectApis(
    texts,
    { readers, cloudFormation },
    { region: 'eu-west-1', isToChange },
  );
  return { ...selection, calls };
}

async function problemsOf(...args: Parameters<typeof select>): Promise<readonly string[]> {
  try {
    await select(...args);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems;
  }
}

function resource(
  type: string,
  logicalId: string,
  id: string | undefined,
  status: StackResourceSummary['ResourceStatus'] = 'CREATE_COMPLETE',
): StackResourceSummary {
  return {
    ResourceType: type,
    LogicalResourceId: logicalId,
    PhysicalResourceId: id,
    ResourceStatus: status,
    LastUpdatedTimestamp: undefined,
  };
}
const rest = (logicalId: string, id: string, status?: StackResourceSummary['ResourceStatus']) =>
  resource('AWS::ApiGateway::RestApi', logicalId, id, status);

const ORDERS = listed('o1', 'orders', { team: 'shop' });
const PETS = listed('p1', 'pets', { team: 'shop', stage: 'prod' });
const REGION: Region = { rest: [ORDERS], http: [PETS] };

test('an id stands for itself, and nothing is asked', async () => {
  expect(await select(['z9', 'z9', 'a1'], REGION)).toEqual({
    apiIds: ['z9', 'a1'],
    known: new Map(),
    matched: [],
    unlisted: null,
    calls: [],
  });
});

describe('a name', () => {
  test('stands for each API of that name, which need not be described again', async () => {
    const { apiIds, known, matched, unlisted, calls } = await select(['name:pets'], REGION);
    expect(apiIds).toEqual(['p1']);
    expect([...known]).toEqual([['p1', { kind: 'HTTP', description: PETS.known }]]);
    expect(matched).toEqual([{ selector: 'name:pets', apis: [{ id: 'p1', name: 'pets' }] }]);
    expect(unlisted).toBeNull();
    expect(calls).toEqual(['list REST', 'list HTTP']);
  });

  test('of several is for an audit alone', async () => {
    const both = { rest: [ORDERS, listed('o2', 'orders')] };
    expect((await select(['name:orders'], both)).apiIds).toEqual(['o1', 'o2']);
    expect(await problemsOf(['name:orders'], both, true)).toEqual([
      expect.stringContaining('is the name of 2 APIs: o1, o2.'),
    ]);
    expect((await select(['name:orders'], REGION, true)).apiIds).toEqual(['o1']);
  });

  test('of an incomplete list is for an audit alone, and said', async () => {
    const partial = { ...REGION, isUnlisted: true };
    expect(await select(['name:orders'], partial)).toMatchObject({
      apiIds: ['o1'],
      unlisted: UNREAD,
    });
    const { apiIds, unlisted } = await select(['name:orders'], partial, true);
    expect([apiIds, unlisted]).toEqual([[], UNREAD]);
    expect(await select(['name:cats'], partial)).toMatchObject({ apiIds: [], unlisted: UNREAD });
  });

  test('that no API has is a mistake, with what is near it', async () => {
    const problems = await problemsOf(['name:Orders', 'name:cats', 'name:pets'], REGION);
    expect(problems).toEqual([
      'api-id: name:Orders is no API of eu-west-1. Upper and lower case count: there is name:orders (o1).',
      'api-id: name:cats is no API of eu-west-1. Check it, the region and whose credentials the step uses.',
    ]);
  });

  test('is not known of an API that was not described', async () => {
    const undescribed = { rest: [{ id: 'x1', known: UNREAD }, ORDERS] };
    const { apiIds, unlisted } = await select(['name:orders'], undescribed);
    expect(apiIds).toEqual(['o1']);
    expect(unlisted?.reason).toContain('described not every API');
  });
});

describe('a tag', () => {
  test.each([
    ['tag:team=shop', ['o1', 'p1']],
    ['tag:stage=prod', ['p1']],
  ])('%s stands for %j', async (text, ids) => {
    expect((await select([text], REGION)).apiIds).toEqual(ids);
  });

  test.each(['tag:team=Shop', 'tag:stage=', 'tag:toString=x'])('%s is no API', async (text) => {
    expect(await problemsOf([text], REGION)).toHaveLength(1);
  });
});

describe('several selectors', () => {
  test('stand for each API once, in their order, with what any of them knows', async () => {
    const selection = await select(['o1', 'tag:stage=prod', 'name:orders', 'p1'], REGION);
    expect(selection.apiIds).toEqual(['o1', 'p1']);
    expect([...selection.known.keys()]).toEqual(['o1', 'p1']);
    expect(selection.matched.map(({ selector }) => selector)).toEqual([
      'tag:stage=prod',
      'name:orders',
    ]);
  });

  test('keep the first reason why APIs may be missing', async () => {
    const region: Region = { ...REGION, stacks: { shop: [rest('Api', 'o1')] } };
    const { unlisted } = await select(['stack:shop', 'stack:other', 'o1'], region);
    expect(unlisted?.what).toBe('The list of the APIs of stack:other');
  });
});

describe('a stack', () => {
  const from = (resources: readonly StackResourceSummary[], more: Region = {}): Region => ({
    ...REGION,
    ...more,
    stacks: { shop: resources, ...more.stacks },
  });

  test('stands for its APIs, and the region is not listed', async () => {
    const selection = await select(
      ['stack:shop'],
      from([
        rest('Api', 'o1'),
        resource('AWS::ApiGatewayV2::Api', 'Http', 'h1'),
        resource('AWS::S3::Bucket', 'Bucket', 'bucket'),
      ]),
    );
    expect(selection.calls).toEqual(['read shop']);
    expect(selection.apiIds).toEqual(['o1', 'h1']);
    expect([...selection.known]).toEqual([['o1', { kind: 'REST', description: null }]]);
    expect(selection.matched).toEqual([
      {
        selector: 'stack:shop',
        apis: [
          { id: 'o1', name: null },
          { id: 'h1', name: null },
        ],
      },
    ]);
    expect(selection.unlisted).toBeNull();
  });

  test('stands for those of the kinds that the run is about', async () => {
    const both = [rest('Api', 'o1'), resource('AWS::ApiGatewayV2::Api', 'Http', 'h1')];
    expect((await select(['stack:shop'], from(both, { kinds: ['REST'] }))).apiIds).toEqual(['o1']);
    const later: Region = from(both, { kinds: ['WEBSOCKET'] });
    expect((await select(['stack:shop'], later)).apiIds).toEqual(['h1']);
  });

  test('stands for those of nested stacks, and one of them by its logical id', async () => {
    const nested = from(
      [
        rest('Api', 'o1'),
        resource('AWS::CloudFormation::Stack', 'Nested', 'arn:nested'),
        resource('AWS::CloudFormation::Stack', 'Gone', 'arn:gone'),
      ],
      { stacks: { 'arn:nested': [rest('Inner', 'i1')], 'arn:gone': null } },
    );
    expect((await select(['stack:shop'], nested)).apiIds).toEqual(['o1', 'i1']);
    expect((await select(['stack:shop/Nested'], nested)).apiIds).toEqual(['i1']);
    expect((await select(['stack:shop/Api'], nested)).apiIds).toEqual(['o1']);
    expect(await problemsOf(['stack:shop/Inner'], nested)).toEqual([
      expect.stringContaining('the stack shop holds no API Inner. Name it by its logical id'),
    ]);
  });

  test('that is only being created is said, with what is there', async () => {
    const unfinished = from([
      rest('Api', 'o1'),
      resource('AWS::ApiGateway::RestApi', 'New', undefined, 'CREATE_IN_PROGRESS'),
      resource('AWS::CloudFormation::Stack', 'Nested', undefined, 'CREATE_IN_PROGRESS'),
    ]);
    const { apiIds, unlisted } = await select(['stack:shop'], unfinished);
    expect(apiIds).toEqual(['o1']);
    expect(unlisted).toMatchObject({
      call: 'ListStackResources',
      reason: 'shows that New, Nested of it has no id yet',
      what: 'The list of the APIs of stack:shop',
    });
  });

  test('does not hold what was deleted, or could not be created', async () => {
    const left = [
      rest('Old', 'x1', 'DELETE_COMPLETE'),
      resource('AWS::ApiGateway::RestApi', 'Bad', undefined, 'CREATE_FAILED'),
    ];
    expect(await select(['stack:shop'], from([...left, rest('Api', 'o1')]))).toMatchObject({
      apiIds: ['o1'],
      unlisted: null,
    });
    expect(await problemsOf(['stack:shop'], from(left))).toEqual([
      'api-id: the stack shop holds no API. Name the stack that does.',
    ]);
  });

  test('that is not there is a mistake', async () => {
    expect(await problemsOf(['stack:gone'], { stacks: { gone: null } })).toEqual([
      expect.stringContaining('there is no stack gone in eu-west-1.'),
    ]);
  });

  describe('that may not be read', () => {
    const stack = { 'aws:cloudformation:stack-name': 'shop' };
    const tagged = {
      rest: [
        listed('o1', 'orders', { ...stack, 'aws:cloudformation:logical-id': 'Api' }),
        listed('o2', 'others', { ...stack, 'aws:cloudformation:logical-id': 'Other' }),
        listed('o3', 'foreign', { 'aws:cloudformation:stack-name': 'pets' }),
      ],
    };

    test('is judged by its tags, and may hold more', async () => {
      const { apiIds, unlisted, calls } = await select(['stack:shop'], tagged);
      expect(apiIds).toEqual(['o1', 'o2']);
      expect(unlisted).toMatchObject({
        call: 'ListStackResources',
        what: 'The list of the APIs of stack:shop',
      });
      expect(calls).toEqual(['read shop', 'list REST', 'list HTTP']);
    });

    test('holds the one API that was meant, where its tags name it', async () => {
      expect(await select(['stack:shop/Api'], tagged)).toMatchObject({
        apiIds: ['o1'],
        unlisted: null,
      });
      const { apiIds, unlisted } = await select(['stack:shop/Gone'], tagged);
      expect(apiIds).toEqual([]);
      expect(unlisted).not.toBeNull();
      const one = { rest: tagged.rest.slice(0, 1) };
      expect((await select(['stack:shop'], one)).unlisted).not.toBeNull();
    });

    test('is not changed by its tags', async () => {
      const { apiIds, unlisted } = await select(['stack:shop/Api'], tagged, true);
      expect(apiIds).toEqual([]);
      expect(unlisted?.what).toBe('The list of the APIs of stack:shop/Api');
    });
  });
});
