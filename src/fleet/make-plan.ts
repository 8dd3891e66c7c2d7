import { compareTexts } from '../model/compare-texts.js';
import type { ChosenAccount, ListingGap } from './choose.js';
import {
  type LeftOut,
  makePlan,
  PLAN_SCHEMA,
  type Plan,
  type PlannedTarget,
  targetId,
  type UnlistedTarget,
} from './plan.js';
import { shardsFor, spread } from './spread.js';
import type { TargetsFile } from './targets-file.js';

/** An account with what was found out about its regions. */
export interface AccountRegions extends ChosenAccount {
  /** What stands for the account wherever its id must not be shown. */
  readonly token: string;
  readonly regions: readonly string[];
  /** Why its regions could not be listed; `null` where they were. */
  readonly gap: ListingGap | null;
}

/** What was found out, from which a plan is made. */
export interface Surveyed {
  readonly accounts: readonly AccountRegions[];
  readonly leftOut: readonly LeftOut[];
  /** What could not be listed of the organization itself, each with what to call it. */
  readonly gaps: readonly (ListingGap & { readonly name: string })[];
}

/** What a plan depends on besides. */
export interface PlanSettings {
  readonly file: Pick<TargetsFile, 'roleName' | 'auth' | 'externalIdFrom'>;
  readonly scope: string;
  readonly madeAt: string;
  /** `null` where nobody says. */
  readonly shards: number | null;
  /** APIs that the last audit found, by target. */
  readonly apisLastTime: ReadonlyMap<string, number>;
  /** The partition of a region, such as `aws-cn`. */
  readonly partitionOf: (region: string) => string;
}

/** Makes the plan of what was found out: every target is in it, and each in one shard. */
export function planFleet(
  { accounts, leftOut, gaps }: Surveyed,
  { file, scope, madeAt, shards, apisLastTime, partitionOf }: PlanSettings,
): Plan {
  const targets = accounts
    .flatMap(({ id: account, token, name, ou, regions }) =>
      [...new Set(regions)].map((region): PlannedTarget => {
        const id = targetId(token, region);
        return {
          id,
          account,
          name,
          ou,
          region,
          role: `arn:${partitionOf(region)}:iam::${account}:role/${file.roleName}`,
          apisLastTime: apisLastTime.get(id) ?? null,
        };
      }),
    )
    .toSorted((a, b) => compareTexts(a.account, b.account) || compareTexts(a.region, b.region));
  const unlisted = [
    ...gaps.map(
      ({ name, why, fix }, index): UnlistedTarget => ({
        id: `unlisted-${index + 1}`,
        account: null,
        name,
        unreadable: why,
        fix,
      }),
    ),
    ...accounts.flatMap(({ id, token, name, gap }): UnlistedTarget[] =>
      gap === null
        ? []
        : [
            {
              id: `${token}.regions`,
              account: id,
              name,
              unreadable: gap.why,
              fix: gap.fix,
            },
          ],
    ),
  ];
  return makePlan({
    schema: PLAN_SCHEMA,
    madeAt,
    scope,
    auth: file.auth,
    externalIdFrom: file.externalIdFrom,
    targets,
    unlisted,
    shards: spread(targets, shards ?? shardsFor(targets.length)),
    leftOut: leftOut.toSorted(
      (a, b) => compareTexts(a.account, b.account) || compareTexts(a.region, b.region),
    ),
  });
}
