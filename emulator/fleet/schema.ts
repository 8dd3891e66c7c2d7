import { z } from 'zod';

/** The format of a fleet in a seed, which makes an organization of many accounts; emulator/README.md describes it. */
export const fleetSchema = z.strictObject({
  /** Two fleets of the same numbers are the same. */
  seed: z.number().int().default(1),
  /** Member accounts. */
  accounts: z.number().int().min(1).max(2000),
  /** Where each account is audited. Regions that are not enabled by default are enabled in each. */
  regions: z.array(z.string()).min(1).max(40),
  /** In all targets that can be read. */
  apis: z.number().int().min(0),
  /** APIs of the largest target. */
  largest: z.number().int().min(1).optional(),
  /** Methods of each API. */
  methods: z.number().int().min(1).max(500).default(20),
  /** Which share of the targets has no API. */
  empty: z.number().min(0).max(1).default(0.3),
  /** Accounts whose role cannot be assumed. */
  denied: z.number().int().min(0).default(0),
  suspended: z.number().int().min(0).default(0),
  /** Accounts that have disabled the last of the regions. */
  disabled: z.number().int().min(0).default(0),
  /** Targets of which somebody else uses half of the quotas. */
  busy: z.number().int().min(0).default(0),
  /** Which share of the methods is open. */
  open: z.number().min(0).max(1).default(0.03),
  /** Which share of those is open only in what is deployed. */
  openInSnapshotOnly: z.number().min(0).max(1).default(0.1),
  /** APIs with a canary that opens one method. */
  canaries: z.number().int().min(0).default(0),
  role: z.string().min(1).default('apigw-iam-gate-reader'),
  /** What AssumeRole has to be called with; nothing where it is not given. */
  externalId: z.string().optional(),
});

export type Fleet = z.output<typeof fleetSchema>;
