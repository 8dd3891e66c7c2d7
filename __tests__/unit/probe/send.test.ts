import { describe, expect, test } from '@jest/globals';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest, HttpResponse } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { ProxiedHttpHandler } from '../../../src/aws/http-handler.js';
import { NO_GATEWAY_RESPONSES } from '../../../src/probe/classify/gateway-responses.js';
import { restClassifier } from '../../../src/probe/classify/rest.js';
import { encodePath } from '../../../src/probe/request-path.js';
import {
  createProber,
  httpRequestOf,
  PROBE_TIMEOUTS,
  type Signature,
} from '../../../src/probe/send.js';

describe('a path', () => {
  test.each([
    ['/', '/'],
    ['/pets/a1', '/pets/a1'],
    ['/pets/', '/pets/'],
    ['/a//b', '/a//b'],
    ['/a b', '/a%20b'],
    ['/ä', '/%C3%A4'],
    ['/a+b=c&d', '/a%2Bb%3Dc%26d'],
    ['/100%', '/100%25'],
    ['/a?b#c', '/a%3Fb%23c'],
    ["/!'()*", '/%21%27%28%29%2A'],
    ['/~user/-_.', '/~user/-_.'],
    ['/\ud800', '/%EF%BF%BD'],
    ['/a:b@c', '/a%3Ab%40c'],
  ])('%j is sent as %j', (path, sent) => {
    expect(encodePath(path)).toBe(sent);
  });

  test('has nothing but unreserved characters and escapes between its slashes, and reads back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const path = `/${text.toWellFormed()}`;
        const sent = encodePath(path);
        // RFC 3986, section 2.3: unreserved characters; escapes in capitals, as Signature Version 4 wants.
        expect(sent).toMatch(/^\/([A-Za-z0-9\-._~/]|%[0-9A-F]{2})*$/);
        expect(decodeURIComponent(sent)).toBe(path);
        expect(sent.split('/')).toHaveLength(path.split('/').length);
      }),
    );
  });
});

const NO_HANDSHAKES = {
  shake: () => Promise.reject(new Error('the test expects no handshake')),
};

const REQUEST = {
  method: 'GET',
  baseUrl: 'https://nowhere.invalid/base/',
  path: '/a',
  query: [],
  headers: {},
  body: null,
};

describe('credentials that fail when they are needed', () => {
  test('are an answer of their own, redacted, and nothing is sent', async () => {
    const handler = new ProxiedHttpHandler(() => '', PROBE_TIMEOUTS);
    const prober = createProber(handler, NO_HANDSHAKES, 'test/1.0', () => 0);
    const credentials = async () => {
      throw new Error('arn:aws:sts::123456789012:assumed-role/Deploy/alice has expired');
    };
    const by = { region: 'eu-west-1', credentials };
    const answer = await prober.send(
      REQUEST,
      { kind: 'signed', by },
      restClassifier(NO_GATEWAY_RESPONSES),
      1000,
    );
    prober.destroy();
    expect(answer).toEqual({
      kind: 'no-credentials',
      status: null,
      detail: 'arn:aws:sts::********9012:assumed-role/*** has expired',
      remedy: expect.any(String),
    });
  });
});

const REFUSAL = new HttpResponse({ statusCode: 403, headers: { Server: 'x' } });

/** A prober over a network that answers so, and what is handed to that. */
function proberThat(answer: (signal: unknown) => Promise<HttpResponse>) {
  const sent: HttpRequest[] = [];
  const ends: string[] = [];
  const handler: Parameters<typeof createProber>[0] = {
    handle: async (request, options) => {
      sent.push(new HttpRequest(request));
      return { response: await answer(options?.abortSignal) };
    },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    destroy: () => ends.push('destroyed'),
  };
  return { prober: createProber(handler, NO_HANDSHAKES, 'test/1.0', () => 7), sent, ends };
}

describe('a prober', () => {
  const by = {
    region: 'eu-west-1',
    credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
  };

  test.each<[Signature, boolean]>([
    [{ kind: 'unsigned' }, false],
    [{ kind: 'tampered', by }, false],
    [{ kind: 'signed', by }, true],
  ])('has what is answered to $kind judged as such', async (signature, isSigned) => {
    const judged: unknown[] = [];
    const { prober } = proberThat(async () => REFUSAL);
    const answer = await prober.send(
      REQUEST,
      signature,
      {
        classify: (given, circumstances) => {
          judged.push(given, circumstances.isSigned);
          return {
            kind: 'forbidden',
            status: 403,
            detail: circumstances.hide('AKIAIOSFODNN7EXAMPLE'),
          };
        },
      },
      1000,
    );
    expect(judged).toEqual([
      { status: 403, headers: { server: 'x' }, body: '', isCut: false, receivedAtMs: 7 },
      isSigned,
    ]);
    expect(answer.detail).toBe('AKIA***');
  });

  test('sends nothing once there is no time left', async () => {
    const { prober, sent } = proberThat(async () => REFUSAL);
    for (const withinMs of [0, -1]) {
      const answer = await prober.send(
        REQUEST,
        { kind: 'unsigned' },
        restClassifier(NO_GATEWAY_RESPONSES),
        withinMs,
      );
      expect(answer).toEqual({ kind: 'out-of-time', status: null, detail: '' });
    }
    expect(sent).toEqual([]);
  });

  test('gives up what is not answered in the time that is left, and tells the network so', async () => {
    const signals: unknown[] = [];
    const { prober } = proberThat((signal) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    const classifier = restClassifier(NO_GATEWAY_RESPONSES);
    const answer = await prober.send(REQUEST, { kind: 'unsigned' }, classifier, 20);
    expect(answer.kind).toBe('out-of-time');
    expect(signals).toEqual([expect.objectContaining({ aborted: true })]);
  });

  test('tells an error of the network as one', async () => {
    const { prober } = proberThat(async () => {
      throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    });
    const classifier = restClassifier(NO_GATEWAY_RESPONSES);
    const answer = await prober.send(REQUEST, { kind: 'unsigned' }, classifier, 1000);
    expect(answer).toMatchObject({ kind: 'unreachable', status: null, detail: 'ECONNREFUSED' });
  });

  test('closes the network with itself', () => {
    const { prober, ends } = proberThat(async () => REFUSAL);
    prober.destroy();
    expect(ends).toEqual(['destroyed']);
  });
});

describe('the three requests', () => {
  const CREDENTIALS = {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'secret',
    sessionToken: 'tok',
  };
  const by = { region: 'eu-west-1', credentials: async () => CREDENTIALS };

  /** What is handed to the network; the answer is an empty 403 of API Gateway. */
  async function sentFor(signature: Signature): Promise<HttpRequest> {
    const { prober, sent } = proberThat(async () => REFUSAL);
    await prober.send(REQUEST, signature, restClassifier(NO_GATEWAY_RESPONSES), 1000);
    const [request, ...others] = sent;
    if (request === undefined || others.length > 0) throw new Error('one request is sent');
    return request;
  }

  /** The signature that the request must have, made by its own date. */
  async function signatureFor({ headers }: HttpRequest): Promise<string> {
    const [, date = ''] = /^(\d{8}T\d{6}Z)$/.exec(headers['x-amz-date'] ?? '') ?? [];
    const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
    const signer = new SignatureV4({ service: 'execute-api', ...by, sha256: Sha256 });
    const bare = httpRequestOf(REQUEST, 'test/1.0');
    const { headers: signed } = await signer.sign(bare, { signingDate: new Date(iso) });
    return /Signature=([0-9a-f]{64})$/.exec(signed.authorization ?? '')?.[1] ?? '';
  }

  const shown = ({ headers }: HttpRequest): string =>
    /Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? '')?.[1] ?? 'none';

  test('are one without a signature', async () => {
    const { headers } = await sentFor({ kind: 'unsigned' });
    expect(Object.keys(headers).filter((name) => /auth|amz/i.test(name))).toEqual([]);
  });

  test('one with the right signature, for the service that API Gateway asks for', async () => {
    const request = await sentFor({ kind: 'signed', by });
    expect(shown(request)).toBe(await signatureFor(request));
    expect(request.headers.authorization).toContain('/eu-west-1/execute-api/aws4_request');
    expect(request.headers['x-amz-security-token']).toBe('tok');
  });

  test('and one that is the same but for one bit of it', async () => {
    const request = await sentFor({ kind: 'tampered', by });
    const right = await signatureFor(request);
    const differing = BigInt(`0x${right}`) ^ BigInt(`0x${shown(request)}`);
    expect(differing.toString(2).replaceAll('0', '')).toBe('1');
    expect(request.headers['x-amz-security-token']).toBe('tok');
  });
});

describe('a request', () => {
  test('tells a backend what it is, and keeps repeated keys of the query', () => {
    const query = [['a', '1'] as const, ['b', 'x y'] as const, ['a', '2'] as const];
    const request = httpRequestOf({ ...REQUEST, query }, 'test/1.0');
    expect(request.path).toBe('/base/a');
    expect(request.query).toEqual({ a: ['1', '2'], b: ['x y'] });
    expect(request.headers).toEqual({
      accept: '*/*',
      host: 'nowhere.invalid',
      'user-agent': 'test/1.0',
      'x-apigw-iam-gate': 'probe',
    });
  });

  test('closes its connection where the next one must have its own', () => {
    const request = httpRequestOf({ ...REQUEST, isOnItsOwn: true }, 'test/1.0');
    expect(request.headers.connection).toBe('close');
    const kept = httpRequestOf({ ...REQUEST, headers: { Connection: 'close' } }, 'test/1.0');
    expect(kept.headers.connection).toBeUndefined();
  });

  test('takes headers of a sample, but none that would make it another probe', () => {
    const headers = {
      Accept: 'text/plain',
      'X-Api-Key': 'k',
      Authorization: 'Bearer x',
      HOST: 'elsewhere',
      'X-Amz-Security-Token': 't',
      'x-apigw-iam-gate': 'no',
    };
    const request = httpRequestOf({ ...REQUEST, headers, body: 'ä' }, 'test/1.0');
    expect(request.headers).toEqual({
      accept: 'text/plain',
      'x-api-key': 'k',
      'content-length': '2',
      host: 'nowhere.invalid',
      'user-agent': 'test/1.0',
      'x-apigw-iam-gate': 'probe',
    });
  });
});

test.each([
  ['https://a.test/base/', { port: undefined, host: 'a.test', path: '/base/a' }],
  ['https://a.test:8443', { port: 8443, host: 'a.test:8443', path: '/a' }],
  ['https://a.test:443/', { port: undefined, host: 'a.test', path: '/a' }],
])('a request to %s goes to its port', (baseUrl, { port, host, path }) => {
  const request = httpRequestOf({ ...REQUEST, baseUrl }, 'test/1.0');
  expect([request.port, request.headers.host, request.path]).toEqual([port, host, path]);
  expect(request.hostname).toBe('a.test');
});
