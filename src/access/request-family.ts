import type { Family, Piece } from './pattern.js';

/** Where a method is. `null` stands for what is not known, and for any. */
export interface MethodAddress {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string | null;
  readonly apiId: string | null;
  readonly stage: string | null;
  /** HTTP method as a resource declares it, or `ANY`; of a route without a path its key. */
  readonly method: string;
  /** A resource's path, such as `/pets/{id}`; of a route without a path its key. */
  readonly path: string;
}

/** The HTTP methods that `ANY` stands for (API Gateway API Reference, Method: httpMethod). */
const VERBS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;

/**
 * The requests to a method, a family for each HTTP method that it takes: an ARN holds the path that
 * was asked for (`/pets/a1b2`), never the resource's (`/pets/{id}`).
 *
 * `arn:{partition}:execute-api:{region}:{account}:{api}/{stage}/{VERB}/{path}`. Source: API Gateway
 * Developer Guide, "Control access for invoking an API". A route without a path is its key alone,
 * `…:{api}/{stage}/$connect` ("Control access to WebSocket APIs with AWS_IAM authorization").
 */
export function requestsTo(address: MethodAddress): readonly Family[] {
  if (address.path === address.method) {
    const named = familyOf(address, '');
    return address.method === DEFAULT_ROUTE ? [named, anyRequest(address)] : [named];
  }
  const verbs = address.method === 'ANY' ? VERBS : [address.method];
  return verbs.map((verb) => familyOf(address, verb));
}

/** Takes whatever no other route of an HTTP API takes. */
export const DEFAULT_ROUTE = '$default';

/**
 * Any request to a stage: whether the resource of a request that `$default` takes is the route's key, or the
 * verb and path that were asked for, is not documented.
 */
function anyRequest(address: MethodAddress): Family {
  return joinPieces([
    ...familyOf({ ...address, path: '' }, ''),
    SEGMENT,
    text('/'),
    { kind: 'some', without: '' },
  ]);
}

function familyOf(address: MethodAddress, verb: string): Family {
  const { partition, region, accountId, apiId, stage, path } = address;
  return joinPieces([
    text(`arn:${partition}:execute-api:${region}:`),
    accountId === null ? SEGMENT : text(accountId),
    text(':'),
    apiId === null ? SEGMENT : text(apiId),
    text('/'),
    stage === null ? SEGMENT : text(stage),
    text(`/${verb}`),
    ...piecesOfPath(path),
  ]);
}

/** One path segment: no slash, and in what precedes the path no colon either. */
const SEGMENT: Piece = { kind: 'some', without: '/:' };

/** `{name}` stands for one segment of the path, `{name+}` for all the rest of it. */
function piecesOfPath(path: string): Piece[] {
  return path.split(/(\{[^{}/]+\})/).flatMap((part): Piece[] => {
    if (part === '') return [];
    if (!/^\{[^{}/]+\}$/.test(part)) return [text(part)];
    return [{ kind: 'some', without: part.endsWith('+}') ? '' : '/' }];
  });
}

function text(value: string): Piece {
  return { kind: 'text', text: value };
}

/** Neighbouring texts as one. */
function joinPieces(pieces: readonly Piece[]): Family {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (piece.kind === 'text' && last?.kind === 'text') {
      joined[joined.length - 1] = text(last.text + piece.text);
    } else {
      joined.push(piece);
    }
  }
  return joined;
}
