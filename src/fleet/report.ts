import type { z } from 'zod';
import type { fleetFindingSchema, fleetReportSchema } from './schema.js';

/** `fleet.json`. */
export type FleetFile = z.infer<typeof fleetReportSchema>;
export type FleetFinding = z.infer<typeof fleetFindingSchema>;
export type ReportedTarget = FleetFile['targets'][number];
export type Totals = NonNullable<ReportedTarget['totals']>;

/** `fleet.json` but for its findings, of which there may be more than fit into memory. */
export type FleetHead = Omit<FleetFile, 'findings'>;

/** A fleet's report as it is shown: its head, and the worst of its findings. */
export interface FleetReport extends FleetHead {
  /** The worst of them, worst first. */
  readonly findings: readonly FleetFinding[];
  /** How many more there are in `fleet.json`. */
  readonly findingsLeft: number;
  /** An endpoint of some target was asked. */
  readonly isAsked: boolean;
}
