import type { WireRequest } from '../http.js';

/** The parameters of a request of AWS's query protocol: a form, `Action` and `Version` among them. */
export function formOf(request: WireRequest): URLSearchParams {
  return new URLSearchParams(Buffer.from(request.body).toString('utf8'));
}

/** The action that a form names; the empty string where it names none. */
export function actionOf(request: WireRequest): string {
  return formOf(request).get('Action') ?? '';
}
