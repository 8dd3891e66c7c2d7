import type { Enforcer } from '../enforcer.js';
import { applyPlan } from './apply.js';
import { pendingIntegrations } from './integrations.js';

export const restEnforcer: Enforcer = {
  findPending: (plan, { apiGateway }) => pendingIntegrations(plan, apiGateway),
  applyPlan,
};
