import type { ApiKind } from '../../../model/api-kind.js';
import type { DeclaredMethod, Place } from '../../../model/declared.js';
import { isAuthorizationType, methodDraft, routeOf } from '../method-draft.js';
import { FIXES } from '../snippets.js';
import type { PlanIndex } from './plan-index.js';
import type { Planned } from './plan-model.js';
import type { PlanPlaces } from './plan-places.js';
import { isUnknown, textOr } from './planned-values.js';
import { suppressionsOf } from './sources.js';

/** What is known of a plan as a whole. */
export interface PlanContext {
  readonly index: PlanIndex;
  readonly places: PlanPlaces;
}

/** The method of an `aws_api_gateway_method`. */
export function plannedMethod(resource: Planned, { index, places }: PlanContext): DeclaredMethod {
  const source = places.sourceOf(resource);
  const place = places.place(resource, source, 'authorization');
  const verb = resource.after.http_method;
  const method = typeof verb === 'string' ? verb.toUpperCase() : 'unresolved';
  const path = index.pathOf(resource, 'resource_id', 0);
  const integration = integrationOf(resource, method, index);
  return {
    ...methodDraft(method, path, place, FIXES.terraformMethod),
    ...typeOf(resource, 'authorization', place),
    resource: resource.address,
    apiKeyRequired: resource.after.api_key_required === true,
    integration,
    isPreflight:
      method === 'OPTIONS' && integration === 'MOCK' && answersCors(resource, method, index),
    previous: textOr(resource.before?.authorization),
    suppressions: suppressionsOf(source),
    notes: path === null ? ['its path is known after the apply alone'] : [],
  };
}

/** The route of an `aws_apigatewayv2_route`. */
export function plannedRoute(
  resource: Planned,
  kind: ApiKind,
  { places }: Pick<PlanContext, 'places'>,
): DeclaredMethod {
  const source = places.sourceOf(resource);
  const place = places.place(resource, source, 'authorization_type');
  const key = resource.after.route_key;
  const { method, path } =
    typeof key === 'string' ? routeOf(key) : { method: 'unresolved', path: null };
  const draft = {
    ...methodDraft(method, path, place, FIXES.terraformRoute),
    resource: resource.address,
    apiKeyRequired: kind === 'WEBSOCKET' && resource.after.api_key_required === true,
    previous: textOr(resource.before?.authorization_type),
    suppressions: suppressionsOf(source),
  };
  const type = resource.after.authorization_type;
  // The provider's default is NONE.
  if (!isUnknown(resource, 'authorization_type') && (type === undefined || type === null)) {
    return { ...draft, by: 'default' };
  }
  return { ...draft, ...typeOf(resource, 'authorization_type', place) };
}

function typeOf(
  resource: Planned,
  name: string,
  place: Place,
): Pick<DeclaredMethod, 'authorization' | 'unresolved' | 'by' | 'undeployable'> {
  const type = resource.after[name];
  const decided = { by: 'resource' as const, unresolved: null, undeployable: null };
  if (typeof type === 'string' && isAuthorizationType(type)) {
    return { ...decided, authorization: type };
  }
  if (typeof type === 'string') {
    const reason = `${resource.address} has the ${name} ${type}, which API Gateway does not know`;
    const unresolved = { reason, give: `write ${name} = "AWS_IAM"`, place };
    return {
      ...decided,
      authorization: 'unresolved',
      unresolved,
      undeployable: { reason, place },
    };
  }
  const reason = `${name} of ${resource.address} is known after the apply alone`;
  const unresolved = { reason, give: `write ${name} = "AWS_IAM"`, place };
  return { ...decided, authorization: 'unresolved', unresolved };
}

function integrationOf(resource: Planned, method: string, index: PlanIndex): string | null {
  const types = index
    .beside(resource, method, 'aws_api_gateway_integration')
    .map((it) => textOr(it.after.type));
  const [first = null] = types;
  return types.every((it) => it === first) ? first : null;
}

function answersCors(resource: Planned, method: string, index: PlanIndex): boolean {
  return index.beside(resource, method, 'aws_api_gateway_method_response').some((it) => {
    const status = it.after.status_code;
    const parameters = it.after.response_parameters;
    return (
      (status === '200' || status === '204') &&
      typeof parameters === 'object' &&
      parameters !== null &&
      Object.keys(parameters).some(
        (key) => key.toLowerCase() === 'method.response.header.access-control-allow-origin',
      )
    );
  });
}
