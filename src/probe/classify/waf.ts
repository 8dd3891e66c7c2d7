import type { AnswerKind, ProbeAnswer } from '../answer.js';
import type { Classifier, Hide, HttpAnswer } from './classifier.js';

/** Says which action AWS WAF took in the place of the method: `challenge` or `captcha`. */
const ACTION_HEADER = 'x-amzn-waf-action';
const MOST_OF_ACTION = 40;

/**
 * The answer of AWS WAF's actions Challenge (202) and CAPTCHA (405), or what may be one; `null` where it is
 * none. A web ACL is looked at before any other access control, so that the method was not reached. A backend
 * can write the header too, so it does not show either that a request was kept out.
 *
 * Sources: AWS WAF Developer Guide, "CAPTCHA and Challenge action behavior"; API Gateway Developer Guide, "Use
 * AWS WAF to protect your REST APIs in API Gateway".
 */
export function wafAction({ status, headers }: HttpAnswer, hide: Hide): ProbeAnswer | null {
  const action = headers[ACTION_HEADER];
  if (action === undefined) return null;
  const detail = `${ACTION_HEADER}: ${hide(action).slice(0, MOST_OF_ACTION)}`;
  return { kind: 'maybe-waf', status, detail };
}

/** What an action Block with a custom response looks like: an error page, or a redirect to one. */
const LIKE_BLOCK: ReadonlySet<AnswerKind> = new Set(['backend-error', 'redirected']);

/**
 * The classifier of a stage with a web ACL. An action Block can have a custom response of any status, headers
 * and body, which nothing tells from the backend's (AWS WAF Developer Guide, "Sending custom responses for
 * Block actions"). So an error or a redirect to a request that must be refused does not show that it was let
 * in. A success does: to take it for a riddle would let an open method by. The signed request is the same one
 * as far as a web ACL looks, and is taken for reached where the others got as far as authorization.
 */
export function behindWebAcl(classifier: Classifier): Classifier {
  return {
    classify(answer, circumstances) {
      const told = classifier.classify(answer, circumstances);
      if (circumstances.isSigned || !LIKE_BLOCK.has(told.kind)) return told;
      const detail = 'the stage has a web ACL, and an action Block can answer so';
      return { kind: 'maybe-waf', status: told.status, detail };
    },
  };
}
