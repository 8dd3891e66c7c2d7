import type { z } from 'zod';
import type {
  accessSchema,
  answerSchema,
  changeSchema,
  comparisonSchema,
  deploymentSchema,
  effectSchema,
  exceptionSchema,
  findingSchema,
  keptSchema,
  locationSchema,
  ownerSchema,
  placeSchema,
  reportSchema,
  severitySchema,
  suppressedSchema,
  transactionSchema,
  verdictSchema,
} from './schema.js';

export type Verdict = z.infer<typeof verdictSchema>;
export type Severity = z.infer<typeof severitySchema>;
export type Effect = z.infer<typeof effectSchema>;
export type Answer = z.infer<typeof answerSchema>;
export type Finding = z.infer<typeof findingSchema>;
export type Change = z.infer<typeof changeSchema>;
export type Deployment = z.infer<typeof deploymentSchema>;
export type Access = z.infer<typeof accessSchema>;
export type Location = z.infer<typeof locationSchema>;
export type Exception = z.infer<typeof exceptionSchema>;
export type Suppressed = z.infer<typeof suppressedSchema>;
export type Kept = z.infer<typeof keptSchema>;
export type Transaction = z.infer<typeof transactionSchema>;
export type Owner = z.infer<typeof ownerSchema>;
export type Place = z.infer<typeof placeSchema>;
export type Comparison = z.infer<typeof comparisonSchema>;
export type Report = z.infer<typeof reportSchema>;
export type ReportedMethod = Report['methods'][number];
export type ReportedApi = Report['apis'][number];
