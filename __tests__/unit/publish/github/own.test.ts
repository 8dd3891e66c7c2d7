import { describe, expect, test } from '@jest/globals';
import { ownOf } from '../../../../src/publish/github/author.js';
import { createOnce } from '../../../../src/publish/github/create-once.js';
import { hasMarker, keyOf, markerOf, ownerOf } from '../../../../src/publish/github/marker.js';

const AUDITED = {
  region: 'eu-west-1',
  apiIds: ['b', 'a'],
  stages: '*',
  owner: '0a1b2c3d4e5f',
} as const;

describe('whose deliveries they are', () => {
  const apis = (...ids: readonly string[]) => ids.map((id) => ({ id, name: 'orders', stages: [] }));

  test("is the account's, whatever APIs it has", () => {
    const target = { account: '0a1b2c3d4e5f', region: 'eu-west-1' };
    expect(ownerOf({ target, apis: apis('a') })).toBe(ownerOf({ target, apis: apis('b', 'c') }));
  });

  test.each([[undefined], [{ account: null, region: 'eu-west-1' }]])(
    'is told by the APIs that were found where nobody names the account: %j',
    (target) => {
      const owner = ownerOf({ target, apis: apis('b', 'a') });
      expect(owner).toBe(ownerOf({ target, apis: apis('a', 'b') }));
      expect(owner).not.toBe(ownerOf({ target, apis: apis('a') }));
      expect(owner).not.toBe(ownerOf({ target, apis: [] }));
    },
  );
});

describe('the key of a delivery', () => {
  test('is the same whatever the order of the ids', () => {
    expect(keyOf({ ...AUDITED, apiIds: ['a', 'b'] }, 'job')).toBe(keyOf(AUDITED, 'job'));
  });

  test('differs by account, region, APIs, stages, kinds, endpoint and job', () => {
    const keys = [
      keyOf(AUDITED, 'job'),
      keyOf(AUDITED, 'other'),
      keyOf(AUDITED),
      keyOf({ ...AUDITED, owner: 'f0f0f0f0f0f0' }, 'job'),
      keyOf({ ...AUDITED, region: 'eu-west-2' }, 'job'),
      keyOf({ ...AUDITED, apiIds: '*' }, 'job'),
      keyOf({ ...AUDITED, stages: ['a', 'b'] }, 'job'),
      keyOf({ ...AUDITED, apiTypes: ['REST'] }, 'job'),
      keyOf({ ...AUDITED, apiTypes: ['HTTP', 'WEBSOCKET'] }, 'job'),
      keyOf({ ...AUDITED, endpointUrl: 'https://api.example.com' }, 'job'),
      keyOf({ ...AUDITED, endpointUrl: 'https://eu.example.com' }, 'job'),
      keyOf(AUDITED, 'job', 'https://eu.example.com'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('is that of older versions where nothing narrows the set', () => {
    expect(keyOf(AUDITED)).toBe('d21ee5b7c7fe13fe');
  });

  test('counts only as the first line, so that a quotation is no comment of ours', () => {
    const marker = markerOf('comment', keyOf(AUDITED));
    expect(hasMarker(`${marker}\nx`, marker)).toBe(true);
    expect(hasMarker(`> ${marker}\nx`, marker)).toBe(false);
    expect(hasMarker(null, marker)).toBe(false);
  });
});

describe('what the token itself wrote', () => {
  const ours = { user: { login: 'github-actions[bot]', type: 'Bot' } };
  const app = { user: { login: 'gate-app[bot]', type: 'Bot' } };
  const person = { user: { login: 'Octocat', type: 'User' } };
  const ghost = { user: null };

  test("an app's is a bot's, the workflow's own first, and never a person's", () => {
    expect(ownOf([ghost, person, app, ours], { kind: 'app' })).toEqual([ours]);
    expect(ownOf([person, app], { kind: 'app' })).toEqual([app]);
    expect(ownOf([ghost, person], { kind: 'app' })).toEqual([]);
  });

  test("a person's bears that person's name", () => {
    expect(ownOf([ours, person], { kind: 'user', login: 'octocat' })).toEqual([person]);
    expect(ownOf([ours, person], { kind: 'user', login: 'mallory' })).toEqual([]);
  });
});

describe('creating one', () => {
  const failure = (status: number): Error => Object.assign(new Error('failed'), { status });

  test('looks before it creates again where it may have happened', async () => {
    const calls: string[] = [];
    const result = await createOnce(
      async () => {
        calls.push('create');
        throw failure(502);
      },
      async () => {
        calls.push('find');
        return 'there';
      },
    );
    expect(result).toEqual({ found: 'there' });
    expect(calls).toEqual(['create', 'find']);
  });

  test('creates once more where it did not happen', async () => {
    let turn = 0;
    const create = async (): Promise<string> => {
      turn += 1;
      if (turn === 1) throw failure(500);
      return 'made';
    };
    expect(await createOnce(create, async () => null)).toEqual({ created: 'made' });
  });

  test('does not ask again where GitHub refused', async () => {
    const find = async (): Promise<never> => {
      throw new Error('nobody looks');
    };
    await expect(createOnce(() => Promise.reject(failure(403)), find)).rejects.toThrow('failed');
  });
});
