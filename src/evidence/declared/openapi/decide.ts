import { foldKey } from '../cloudformation/fold.js';
import { joinWhen } from '../cloudformation/when.js';
import { get, isMap, type Node, scalarText } from '../node.js';
import { type Decision, decisionOf, unresolvedDecision } from './decision.js';
import type { DocumentContext } from './requirements.js';
import { readSecurity, type Security } from './security.js';

const EXTENSION = 'x-amazon-apigateway-auth';

/**
 * The authorization type of one operation. Where AWS does not say which of two things counts, both
 * are given, so that the weaker one is judged too:
 *
 * | what the document says | becomes | evidence |
 * |---|---|---|
 * | `security` names a scheme with `x-amazon-apigateway-authtype: awsSigv4` | AWS_IAM | Developer Guide, "x-amazon-apigateway-authtype" |
 * | names a scheme with authtype and authorizer | CUSTOM, COGNITO_USER_POOLS, JWT | recorded imports |
 * | names an API key scheme | NONE and a key | recorded imports |
 * | names a scheme that is not defined | NONE | recorded from what SAM deploys |
 * | `x-amazon-apigateway-auth` alone | its type, in any case | Developer Guide, "x-amazon-apigateway-auth object" |
 * | that and `security` | either | not documented |
 * | `security` of the document alone, OpenAPI 3 | its type, unproven | recorded for authorizers; "Known issues" denies it |
 * | the same, OpenAPI 2 | NONE | "Known issues": not used |
 * | `security: []` | NONE | OpenAPI Specification |
 * | several authorizers of different types | either | not documented for REST; refused for HTTP |
 */
export function decide(
  operation: Node,
  context: DocumentContext,
  when: readonly string[],
): readonly Decision[] {
  const own = readSecurity(operation, 'operation', context, when);
  const extension = readExtension(operation, context, when);
  return own.flatMap((security) =>
    extension.flatMap((it) => {
      const joined = joinWhen(security.when, it.when);
      return joined === null ? [] : join(security, it, context, joined);
    }),
  );
}

interface Extension {
  readonly when: readonly string[];
  readonly decision: Decision | null;
}

function join(
  security: Security,
  extension: Extension,
  context: DocumentContext,
  when: readonly string[],
): readonly Decision[] {
  const under = (decisions: readonly Decision[]) =>
    decisions.flatMap((it) => {
      const joined = joinWhen(when, it.when);
      return joined === null ? [] : [{ ...it, when: joined }];
    });
  if (extension.decision === null) return under(security.decisions);
  const isAlone = !security.isOwn && security.decisions.every(({ by }) => by === 'nothing');
  const apiKeyRequired = security.decisions.some((it) => it.apiKeyRequired);
  const said = { ...extension.decision, apiKeyRequired };
  if (isAlone) return under(byExtension(said, context));
  const agree = security.decisions.every(
    ({ authorization }) => authorization === said.authorization,
  );
  if (agree) {
    // The document's own security is not proven to count; the extension stands on the operation.
    return under(security.isOwn ? security.decisions : byExtension(said, context));
  }
  const unproven = `${EXTENSION} and security say different things, and AWS does not document which counts`;
  return under([
    ...security.decisions.map((it) => ({ ...it, unproven: it.unproven ?? unproven })),
    { ...said, unproven },
  ]);
}

/** What the extension alone makes of an operation, and that it makes nothing of it where there is doubt. */
function byExtension(said: Decision, context: DocumentContext): readonly Decision[] {
  if (said.authorization !== 'AWS_IAM') return [said];
  const doubt = reasonToDoubt(context);
  if (doubt === null) return [said];
  const open: Decision = { ...said, authorization: 'NONE', by: 'nothing', unproven: doubt };
  return [{ ...said, unproven: doubt }, open];
}

/** Why `x-amazon-apigateway-auth: AWS_IAM` alone may not be what protects an operation here. */
function reasonToDoubt({ kind, document }: DocumentContext): string | null {
  if (kind === 'HTTP') return `${EXTENSION} is documented for REST APIs alone`;
  const schemes = [
    get(document, 'securityDefinitions'),
    get(document, 'components', 'securitySchemes'),
  ];
  const hasOther = schemes.some(
    (it) =>
      isMap(it) &&
      it.entries.some(({ value }) => get(value, 'x-amazon-apigateway-authorizer') !== undefined),
  );
  return hasOther
    ? `${EXTENSION} was seen not to work in a document that has other authorizers`
    : null;
}

function readExtension(
  operation: Node,
  { scope }: DocumentContext,
  when: readonly string[],
): readonly Extension[] {
  return foldKey(operation, EXTENSION, scope, when).flatMap((value): readonly Extension[] => {
    if (value.kind === 'absent') return [{ when: value.when, decision: null }];
    const at = value.keyAt;
    if (value.kind === 'unknown') {
      return [{ when: value.when, decision: unresolvedDecision(value, EXTENSION, at) }];
    }
    return foldKey(value.node, 'type', scope, value.when).map((type) => {
      const base = { ...decisionOf('NONE', EXTENSION, type.keyAt ?? at), when: [] };
      if (type.kind === 'unknown') {
        return { when: type.when, decision: unresolvedDecision(type, EXTENSION, type.keyAt) };
      }
      const text = type.kind === 'known' ? scalarText(type.node)?.toUpperCase() : undefined;
      if (type.kind === 'known' && (text === 'AWS_IAM' || text === 'NONE')) {
        return {
          when: type.when,
          decision: { ...base, authorization: text, assumes: type.assumes },
        };
      }
      const place = type.keyAt ?? at ?? operation.at;
      const reason = `${EXTENSION} has the type ${text ?? '(none)'}, which AWS does not document`;
      const problem = { reason, give: 'use AWS_IAM or NONE', place };
      return { when: type.when, decision: unresolvedDecision(problem, EXTENSION, place) };
    });
  });
}
