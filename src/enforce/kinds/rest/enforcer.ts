import type { Enforcer } from '../enforcer.js';
import { applyPlan } from './apply.js';
import { pendingIntegrations } from './integrations.js';
import { shippedOfRest } from './shipped.js';

export const restEnforcer: Enforcer = {
  findPending: (plan, { apiGateway }) => pendingIntegrations(plan, apiGateway),
  shippedReaders: ({ id }, { apiGateway }) => shippedOfRest(id, apiGateway),
  applyPlan,
};
