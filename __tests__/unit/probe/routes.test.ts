import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mayTake, pathOfNoRoute, type Route, takenBy } from '../../../src/probe/routes.js';

function route(key: string): Route {
  const [method = '', path = key] = key.split(' ');
  return { method, path };
}

const routes = (...keys: string[]): Route[] => keys.map(route);

describe('whether a route may take a request', () => {
  test.each<[key: string, verb: string, path: string, expected: boolean]>([
    ['GET /pets', 'GET', '/pets', true],
    ['GET /pets', 'POST', '/pets', false],
    ['GET /pets', 'GET', '/pets/1', false],
    ['GET /pets', 'GET', '/pets/', true],
    ['GET /pets/{id}', 'GET', '/pets/1', true],
    ['GET /pets/{id}', 'GET', '/pets', false],
    ['ANY /pets', 'DELETE', '/pets', true],
    ['GET /ä', 'GET', '/%C3%A4', true],
    ['GET /a', 'GET', '/%zz', false],
    ['GET /{proxy+}', 'GET', '/a/b/c', true],
    ['GET /{proxy+}', 'GET', '/', true],
    ['GET /x/{proxy+}', 'GET', '/a/b', false],
    ['GET /x/{proxy+}', 'GET', '/x', true],
    ['$default', 'PATCH', '/whatever', true],
    ['GET /', 'GET', '/', true],
    ['GET /', 'GET', '/a', false],
  ])('%s, %s %s: %s', (key, verb, path, expected) => {
    expect(mayTake(route(key), verb, path)).toBe(expected);
  });
});

describe('whether another route takes it', () => {
  test.each<[meant: string, others: string[], path: string, taken: string | null]>([
    ['GET /pets', ['ANY /pets', 'GET /{proxy+}', '$default'], '/pets', null],
    ['ANY /pets', ['GET /pets'], '/pets', 'GET /pets'],
    ['ANY /pets', ['GET /{proxy+}'], '/pets', null],
    ['GET /pets/{id}', ['GET /pets/list'], '/pets/list', 'GET /pets/list'],
    ['GET /pets/{id}', ['GET /pets/list'], '/pets/7', null],
    ['GET /pets/list', ['GET /pets/{id}'], '/pets/list', null],
    ['GET /{proxy+}', ['ANY /pets'], '/pets', 'ANY /pets'],
    ['GET /a/{proxy+}', ['GET /{proxy+}'], '/a/b', null],
    ['GET /{proxy+}', ['GET /a/{proxy+}'], '/a/b', 'GET /a/{proxy+}'],
    ['GET /a/{x}', ['GET /{y}/b'], '/a/b', 'GET /{y}/b'],
    ['GET /a/{x}', ['ANY /a/{y}'], '/a/b', null],
    ['GET /a/{x}', ['GET /a/{y}'], '/a/b', 'GET /a/{y}'],
    ['$default', ['GET /'], '/', 'GET /'],
    ['$default', ['POST /'], '/', null],
    ['$default', [], '/', null],
    ['GET /{proxy+}', ['$default'], '/a', null],
    ['$default', ['GET /{proxy+}'], '/a', 'GET /{proxy+}'],
    ['GET /a/{x}', ['GET /a/{proxy+}'], '/a/b', null],
    ['GET /a/{proxy+}', ['GET /a/{x}'], '/a/b', 'GET /a/{x}'],
    ['GET /{proxy+}', ['GET /{x}'], '/a', 'GET /{x}'],
    ['ANY /{x}', ['GET /{y}'], '/a', 'GET /{y}'],
    ['GET /a/{x}', ['GET /a'], '/a/b', null],
  ])('%s among %p, GET %s: %p', (meant, others, path, taken) => {
    const found = takenBy(route(meant), routes(meant, ...others), 'GET', path);
    expect(found).toEqual(taken === null ? null : route(taken));
  });
});

describe('a path that no route takes', () => {
  const one = '/apigw-iam-gate-control';
  test.each<[keys: string[], path: string | null]>([
    [[], one],
    [['GET /pets', 'ANY /pets/{id}'], one],
    [['GET /{id}'], `${one}${one}`],
    [['POST /{id}'], `${one}${one}`],
    [['GET /{a}', 'GET /{a}/{b}'], `${one}${one}${one}`],
    [['GET /{a}/{proxy+}', 'GET /x'], null],
    [['POST /{proxy+}'], one],
    [['GET /{proxy+}'], null],
    [['ANY /{proxy+}'], null],
    [['$default'], null],
    [['GET /apigw-iam-gate-control'], `${one}${one}`],
  ])('of %p is %p', (keys, path) => {
    expect(pathOfNoRoute(routes(...keys), 'GET')).toBe(path);
  });

  test('is not one of another stage', () => {
    expect(pathOfNoRoute([], 'GET', ['apigw-iam-gate-control'])).toBeNull();
  });

  test('is taken by none of them, whatever they are', () => {
    const segment = fc.constantFrom('a', 'b', '{id}', '{x}', 'apigw-iam-gate-control');
    const path = fc
      .tuple(fc.array(segment, { maxLength: 4 }), fc.boolean())
      .map(([segments, greedy]) => `/${[...segments, ...(greedy ? ['{proxy+}'] : [])].join('/')}`);
    const any = fc.record({ method: fc.constantFrom('GET', 'POST', 'ANY'), path });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 6 }), fc.constantFrom('GET', 'POST'), (all, verb) => {
        const found = pathOfNoRoute(all, verb);
        if (found !== null) expect(all.some((it) => mayTake(it, verb, found))).toBe(false);
        else expect(all.some((it) => it.path.includes('+'))).toBe(true);
      }),
    );
  });
});
