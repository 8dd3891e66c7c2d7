import { headerOf, type WireRequest, type WireResponse } from '../http.js';
import type { WebAclState } from '../model.js';
import { type Fault, WAF_FILTERED } from './fault.js';

/**
 * What the web ACL of a stage answers in the place of a method; `undefined` where it lets the request through.
 * It comes before everything else that decides who may call. A request that shows no token is answered with
 * 202 by Challenge and with 405 by CAPTCHA, without a body where no HTML is asked for; Block answers as the
 * gateway response WAF_FILTERED, or with a custom response, which that does not customise.
 *
 * Sources: API Gateway Developer Guide, "Use AWS WAF to protect your REST APIs in API Gateway"; AWS WAF
 * Developer Guide, "CAPTCHA and Challenge action behavior" and "Sending custom responses for Block actions".
 */
export function answerOfWebAcl(
  request: WireRequest,
  webAcl: WebAclState | undefined,
): WireResponse | Fault | undefined {
  if (webAcl === undefined) return undefined;
  const { action, header } = webAcl;
  if (header !== undefined && headerOf(request, header) === undefined) return undefined;
  if (action === 'challenge' || action === 'captcha') {
    return {
      status: action === 'challenge' ? 202 : 405,
      headers: { 'x-amzn-waf-action': action, 'cache-control': 'no-store, max-age=0' },
      body: '',
    };
  }
  return action === 'block' ? WAF_FILTERED : { ...action, headers: { ...action.headers } };
}
