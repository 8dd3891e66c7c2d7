import type { Enforcer } from '../enforcer.js';
import { applyV2Plan } from './apply.js';
import { pendingOfHttp, pendingOfWebSocket } from './pending.js';

export const httpEnforcer: Enforcer = {
  findPending: (plan, { apiGatewayV2 }) => pendingOfHttp(plan, apiGatewayV2),
  applyPlan: applyV2Plan,
};

export const webSocketEnforcer: Enforcer = {
  findPending: (plan, { apiGatewayV2 }) => pendingOfWebSocket(plan, apiGatewayV2),
  applyPlan: applyV2Plan,
};
