import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { headerRecord, readRequest, reset, send } from '../wire.js';
import { FAULT_MESSAGES, type GitHubAnswer, NOT_FOUND, refusal } from './answers.js';
import { GitHubContract } from './contract.js';
import type { Identity, RepositoryState } from './model.js';
import { OPERATIONS } from './operations.js';

/** A request as the emulated GitHub has seen it. */
export interface GitHubRequest {
  /** GitHub's own id, such as `issues/create-comment`; `unknown` where the slice has none. */
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** 0 where the connection was destroyed. */
  status: number;
}

/** What goes wrong, with what, and how often. */
export interface GitHubFault {
  /** As in {@link GitHubRequest.operationId}; `*` for every one. */
  readonly operationId: string;
  readonly skip?: number;
  /** For ever where absent. */
  readonly times?: number;
  readonly effect:
    | {
        readonly kind: 'answer';
        readonly status: number;
        readonly message?: string;
        readonly headers?: Readonly<Record<string, string>>;
        /** Whether the request is carried out before it is answered so. */
        readonly afterDoing?: boolean;
      }
    /** The connection is destroyed, and nothing is done. */
    | { readonly kind: 'reset' };
}

export interface GitHubEmulator {
  /** What `GITHUB_API_URL` is to be. */
  readonly url: string;
  readonly repository: RepositoryState;
  readonly requests: readonly GitHubRequest[];
  /** Requests that GitHub's own description does not allow: a test must find none. */
  readonly violations: readonly string[];
  injectFault(fault: GitHubFault): void;
  clearFaults(): void;
  clearRequests(): void;
  close(): Promise<void>;
}

/** The token of a workflow, as the emulator's own identity has it. */
export const ACTIONS_TOKEN = 'ghs_emulatedActionsToken';
/** A person's tokens: a classic one, and one with permissions of its own. */
export const USER_TOKEN = 'ghp_emulatedUserToken';
export const FINE_GRAINED_TOKEN = 'github_pat_emulatedFineGrainedToken';

/** The installation token of an App of somebody's own. */
export const APP_TOKEN = 'ghs_emulatedAppToken';

const TOKENS: ReadonlyMap<string, Identity> = new Map([
  [ACTIONS_TOKEN, { login: 'github-actions[bot]', type: 'Bot' }],
  [APP_TOKEN, { login: 'gate-app[bot]', type: 'Bot' }],
  [USER_TOKEN, { login: 'octocat', type: 'User', token: 'classic' }],
  [FINE_GRAINED_TOKEN, { login: 'octocat', type: 'User', token: 'fine-grained' }],
]);

/**
 * Starts an emulator of the few operations of GitHub's REST API that the action uses, on the
 * loopback interface. Every request is held against GitHub's own OpenAPI description.
 *
 * @param basePath - `/api/v3` for what a GitHub Enterprise Server looks like.
 */
export async function startGitHub(
  options: {
    readonly owner?: string;
    readonly repo?: string;
    readonly basePath?: string;
    /** Numbers of pull requests that there are. */
    readonly pullRequests?: readonly number[];
  } = {},
): Promise<GitHubEmulator> {
  const { owner = 'octo-org', repo = 'orders', basePath = '', pullRequests = [7] } = options;
  const contract = new GitHubContract();
  const repository = emptyRepository(owner, repo, pullRequests);
  const requests: GitHubRequest[] = [];
  const violations: string[] = [];
  const faults: { fault: GitHubFault; skip: number; times: number }[] = [];
  let lastId = 1000;
  let origin = '';

  function takeFault(operationId: string): GitHubFault['effect'] | null {
    for (const entry of faults) {
      const fits = entry.fault.operationId === '*' || entry.fault.operationId === operationId;
      if (!fits || entry.times <= 0) continue;
      if (entry.skip > 0) {
        entry.skip -= 1;
        continue;
      }
      entry.times -= 1;
      return entry.fault.effect;
    }
    return null;
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const wire = await readRequest(incoming);
    const url = new URL(`${origin}${incoming.url ?? '/'}`);
    const headers = headerRecord(wire);
    const path = wire.rawPath.startsWith(basePath) ? wire.rawPath.slice(basePath.length) : '';
    const body = Buffer.from(wire.body).toString('utf8');
    const query = url.searchParams;
    // GraphQL has an address of its own beside that of the REST API, `/api/graphql` on Enterprise Server.
    if (wire.rawPath === `${basePath.replace(/\/v3$/, '')}/graphql`) {
      const entry = {
        operationId: 'graphql',
        method: wire.method,
        path: '/graphql',
        headers,
        body,
      };
      const answer = faultOr('graphql', () => answerGraphql(identityOf(headers), body));
      requests.push({ ...entry, status: answer.status });
      if (answer.status === 400) violations.push(`graphql: ${body}`);
      return sendAnswer(outgoing, answer);
    }
    const matched = contract.match({ method: wire.method, path, query, headers, body });
    const operationId = matched?.operationId ?? 'unknown';
    const entry: GitHubRequest = {
      operationId,
      method: wire.method,
      path,
      headers,
      body,
      status: 0,
    };
    requests.push(entry);
    const problems = matched?.problems ?? ['the slice of the description has no such operation'];
    for (const problem of problems) violations.push(`${wire.method} ${path}: ${problem}`);

    const effect = takeFault(operationId);
    if (effect?.kind === 'reset') return reset(outgoing);
    const serve = (): GitHubAnswer => {
      const identity = identityOf(headers);
      if (identity === undefined) return refusal(401, 'Bad credentials');
      if (matched === null) return NOT_FOUND;
      if (problems.length > 0) return refusal(422, 'Invalid request.', problems);
      const isHere = matched.pathParameters.owner === owner && matched.pathParameters.repo === repo;
      if (operationId !== 'users/get-authenticated' && !isHere) return NOT_FOUND;
      const operation = OPERATIONS[operationId];
      if (operation === undefined) throw new Error(`no operation ${operationId}`);
      return operation({
        repository,
        identity,
        path: matched.pathParameters,
        query,
        url,
        accept: headers.accept ?? '',
        body: body === '' ? {} : JSON.parse(body),
        nextId: () => {
          lastId += 1;
          return lastId;
        },
      });
    };
    const faulty = effect === null ? null : answerOf(effect);
    const served = effect === null || effect.afterDoing === true ? serve() : null;
    const answer = faulty ?? served ?? NOT_FOUND;
    entry.status = answer.status;
    sendAnswer(outgoing, answer);
  }

  function faultOr(operationId: string, serve: () => GitHubAnswer): GitHubAnswer {
    const effect = takeFault(operationId);
    return effect?.kind === 'answer' ? answerOf(effect) : serve();
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) => {
      violations.push(`emulator failure: ${error instanceof Error ? error.stack : String(error)}`);
      outgoing.socket?.destroy();
    });
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${portOf(server.address())}`;
  return {
    url: `${origin}${basePath}`,
    repository,
    requests,
    violations,
    injectFault: (fault) => {
      const { skip = 0, times = Number.POSITIVE_INFINITY } = fault;
      faults.push({ fault, skip, times });
    },
    clearFaults: () => {
      faults.length = 0;
    },
    clearRequests: () => {
      requests.length = 0;
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

function sendAnswer(outgoing: ServerResponse, answer: GitHubAnswer): void {
  const isText = typeof answer.body === 'string';
  send(outgoing, {
    status: answer.status,
    headers: {
      'content-type': `${isText ? 'text/plain' : 'application/json'}; charset=utf-8`,
      'x-ratelimit-remaining': '4999',
      ...answer.headers,
    },
    body: isText ? String(answer.body) : JSON.stringify(answer.body ?? null),
  });
}

function identityOf(headers: GitHubRequest['headers']): Identity | undefined {
  return TOKENS.get((headers.authorization ?? '').replace(/^(?:token|bearer) /i, ''));
}

/** The one query that is asked: whose the token is, be it a person's or an App's. */
function answerGraphql(identity: Identity | undefined, body: string): GitHubAnswer {
  if (identity === undefined) return refusal(401, 'Bad credentials');
  const { query }: { query?: unknown } = JSON.parse(body);
  return String(query).replace(/\s+/g, ' ') === 'query { viewer { login } }'
    ? { status: 200, body: { data: { viewer: { login: identity.login } } } }
    : refusal(400, 'Problems parsing the query');
}

function answerOf(effect: Extract<GitHubFault['effect'], { kind: 'answer' }>): GitHubAnswer {
  const message = effect.message ?? FAULT_MESSAGES.get(effect.status) ?? 'Error';
  return { ...refusal(effect.status, message), headers: effect.headers ?? {} };
}

function emptyRepository(
  owner: string,
  repo: string,
  pullRequests: readonly number[],
): RepositoryState {
  return {
    owner,
    repo,
    issues: new Map(
      pullRequests.map((number) => [
        number,
        {
          number,
          title: 'A change',
          user: { login: 'octocat', type: 'User' },
          labels: [],
          isPullRequest: true,
          body: '',
          state: 'open',
          history: ['opened'],
        },
      ]),
    ),
    comments: [],
    labels: new Set(),
    checkRuns: [],
    sarifs: [],
    files: new Map(),
    commits: null,
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
