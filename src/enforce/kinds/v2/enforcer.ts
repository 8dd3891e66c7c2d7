import type { Enforcer } from '../enforcer.js';
import { applyV2Plan } from './apply.js';
import { pendingOfHttp, pendingOfWebSocket } from './pending.js';
import { shippedOfV2 } from './shipped.js';

const shippedReaders: Enforcer['shippedReaders'] = ({ id, kind }, { apiGatewayV2 }) =>
  shippedOfV2(id, kind, apiGatewayV2);

export const httpEnforcer: Enforcer = {
  findPending: (plan, { apiGatewayV2 }) => pendingOfHttp(plan, apiGatewayV2),
  shippedReaders,
  applyPlan: applyV2Plan,
};

export const webSocketEnforcer: Enforcer = {
  findPending: (plan, { apiGatewayV2 }) => pendingOfWebSocket(plan, apiGatewayV2),
  shippedReaders,
  applyPlan: applyV2Plan,
};
