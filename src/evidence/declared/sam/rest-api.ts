import { get, type MapNode, type Node, textOf } from '../node.js';
import { FIXES } from '../snippets.js';
import { type AuthOfKind, expectAuth } from './auth.js';
import type { Body } from './body.js';
import { type ApiDraft, placeIn } from './draft.js';
import { addResourcePolicy, stageOf } from './policy.js';
import { truthy } from './python.js';
import { expectMap, Refusal } from './refusal.js';
import { addCors } from './rest-cors.js';
import { blameAll, setDefault, setDefaultKey } from './rest-default.js';
import { apiKeyScheme, iamScheme, restAuthorizers, unknownScheme } from './schemes.js';
import { SCHEMES } from './swagger.js';

const AUTH: AuthOfKind = {
  keys: new Set([
    ...['Authorizers', 'DefaultAuthorizer', 'InvokeRole', 'AddDefaultAuthorizerToCorsPreflight'],
    ...['AddApiKeyRequiredToCorsPreflight', 'ApiKeyRequired', 'ResourcePolicy', 'UsagePlan'],
  ]),
  withoutDocument: "Auth works only with inline Swagger specified in 'DefinitionBody' property.",
  withOtherDocument:
    "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid Swagger definition.",
};

/** Writes what the API itself says: `Cors`, then `Auth`, in the translator's order. */
export function finishRestApi(api: ApiDraft): void {
  const { body, properties } = api;
  const auth = api.resolver.resolve(get(properties, 'Auth'));
  addCors(api, body, get(properties, 'Cors'));
  if (truthy(auth)) {
    const whole = expectAuth(api, auth, AUTH);
    addApiAuth(api, whole.body, whole.auth);
  }
  body?.moveDefinitions(get(properties, 'OpenApiVersion'));
}

function addApiAuth(api: ApiDraft, body: Body, auth: MapNode): void {
  const fallback = get(auth, 'DefaultAuthorizer');
  const authorizers = restAuthorizers(get(auth, 'Authorizers'));
  const name = textOf(fallback);
  const place = placeIn(api.properties, 'Auth', 'DefaultAuthorizer') ?? auth.at;
  const names = new Set(['AWS_IAM', ...authorizers.map((it) => it.name)]);
  if (fallback !== undefined && truthy(fallback) && api.resolver.isUnknown(fallback)) {
    const unknown = '(DefaultAuthorizer)';
    body.defineScheme(SCHEMES, unknown, unknownScheme(fallback), true);
    setDefault(body, unknown, new Set([...names, unknown]), auth, place);
  } else if (name === 'AWS_IAM' || authorizers.length > 0) {
    for (const it of authorizers) body.defineScheme(SCHEMES, it.name, it.scheme, true);
    if (name === 'AWS_IAM' && !authorizers.some((it) => it.name === name)) {
      body.defineScheme(SCHEMES, name, iamScheme(place), true);
    }
    if (truthy(fallback)) {
      if (name === undefined) throw new Refusal('DefaultAuthorizer is not a string.', place);
      if (!names.has(name)) {
        throw new Refusal(
          `Unable to set DefaultAuthorizer because '${name}' was not defined in 'Authorizers'.`,
          place,
        );
      }
      setDefault(body, name, names, auth, place);
    }
  } else if (truthy(fallback)) {
    // No error, and no authorizer: the API is open.
    const note =
      name === undefined
        ? 'SAM drops a DefaultAuthorizer that is neither text nor a reference to a parameter, without a word'
        : `SAM drops the DefaultAuthorizer ${name}, for which there are no Authorizers, without a word`;
    blameAll(body, { place, fix: FIXES.samDefault, notes: [note] });
  }
  if (truthy(get(auth, 'ApiKeyRequired'))) {
    body.defineScheme(SCHEMES, 'api_key', apiKeyScheme(auth.at), false);
    const forPreflights = get(auth, 'AddApiKeyRequiredToCorsPreflight');
    setDefaultKey(body, forPreflights === undefined || truthy(forPreflights));
  }
  const policy = get(auth, 'ResourcePolicy');
  if (truthy(policy)) {
    const at = placeIn(api.properties, 'Auth', 'ResourcePolicy') ?? policy.at;
    const paths = body.paths.map(({ key }) => key);
    addResourcePolicy(body, policy, paths, stageOf(api.properties, api.scope), at);
  }
  const plan = get(auth, 'UsagePlan');
  if (truthy(plan)) checkUsagePlan(plan);
}

const PLAN_KEYS = new Set([
  ...['CreateUsagePlan', 'Description', 'Quota', 'Tags', 'Throttle', 'UsagePlanName'],
]);

function checkUsagePlan(plan: Node): void {
  const whole = expectMap(plan, "'UsagePlan'");
  for (const it of whole.entries) {
    if (!PLAN_KEYS.has(it.key)) throw new Refusal("Invalid property for 'UsagePlan'", it.at);
  }
  const create = textOf(get(whole, 'CreateUsagePlan'));
  if (create === undefined) {
    throw new Refusal("'CreateUsagePlan' is a required field for UsagePlan.", plan.at);
  }
  if (!['SHARED', 'PER_API', 'NONE'].includes(create)) {
    throw new Refusal("'CreateUsagePlan' accepts one of SHARED, PER_API, NONE.", plan.at);
  }
}
