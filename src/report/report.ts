import type { z } from 'zod';
import type {
  accessSchema,
  answerSchema,
  changeSchema,
  deploymentSchema,
  keptSchema,
  ownerSchema,
  reportSchema,
  transactionSchema,
} from './schema.js';

export type {
  Comparison,
  Exception,
  Finding,
  Location,
  Place,
  Severity,
  Suppressed,
  Verdict,
} from '../model/finding.js';
export type Answer = z.infer<typeof answerSchema>;
export type Change = z.infer<typeof changeSchema>;
export type Deployment = z.infer<typeof deploymentSchema>;
export type Access = z.infer<typeof accessSchema>;
export type Kept = z.infer<typeof keptSchema>;
export type Transaction = z.infer<typeof transactionSchema>;
export type Owner = z.infer<typeof ownerSchema>;
export type Report = z.infer<typeof reportSchema>;
export type ReportedMethod = Report['methods'][number];
export type ReportedApi = Report['apis'][number];
