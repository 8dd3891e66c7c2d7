import type { WireRequest } from '../http.js';

/** A request on its way to a backend, all checks behind it. */
export interface BackendRequest {
  readonly request: WireRequest;
  /** The path below the stage, as sent. */
  readonly path: string;
  readonly pathParameters: ReadonlyMap<string, string>;
  /** Stage variables. */
  readonly variables: Readonly<Record<string, string>>;
}
