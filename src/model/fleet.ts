import type { Finding } from './finding.js';

/*
 * A fleet: many accounts and regions, which a plan lists before any of them is read. What became of each
 * target is compared with the plan, and never with what happened to arrive.
 */

/** What became of a target of the plan. */
export type TargetState =
  /** Its report is there, whole, and of this plan. */
  | { readonly kind: 'read' }
  /** No shard has reported it. */
  | { readonly kind: 'missing'; readonly why: string; readonly fix: string }
  /** It was tried, and could not be read, or what it left cannot be relied on. */
  | { readonly kind: 'unreadable'; readonly why: string; readonly fix: string };

/** A target and what became of it. */
export interface TargetOutcome {
  /** Stands for the account and the region in every run. */
  readonly id: string;
  /** What a reader calls it, such as `orders-prod in eu-west-1`. */
  readonly title: string;
  readonly state: TargetState;
}

/** A fleet, ready to be judged as a whole. */
export interface FleetCase {
  readonly outcomes: readonly TargetOutcome[];
  /** Why the plan does not say any more which targets there are; `null` where it does. */
  readonly outdated: string | null;
  /** Methods judged in all. */
  readonly methods: number;
}

/** A finding about a target, or about the fleet as a whole where `target` is `null`. */
export interface FleetRuleFinding extends Finding {
  readonly target: string | null;
}
