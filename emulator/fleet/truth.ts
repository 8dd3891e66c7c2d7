import { apiId, methodsOf, STAGE } from './api.js';
import type { FleetTarget, FleetWorld } from './world.js';
import { isHidden } from './world.js';

/** What an audit of a fleet must find out about a target. */
export interface TrueTarget {
  readonly account: string;
  readonly name: string;
  readonly region: string;
  /**
   * `left-out`: the plan says so, of the account where it is suspended or of a region that is disabled.
   * `unreadable`: nobody lets the reader in, and that is no pass.
   */
  readonly expected: 'read' | 'unreadable' | 'left-out';
  readonly apis: number;
  readonly methods: number;
  /** `rule api METHOD path stage`, `-` for no stage, sorted. */
  readonly findings: readonly string[];
}

/** What an audit of a fleet must find out. */
export interface Truth {
  readonly verdict: 'pass' | 'fail' | 'incomplete';
  readonly targets: readonly TrueTarget[];
}

/**
 * What is true of a fleet, from the numbers that it is made of and the meaning of the rules: a method is
 * open where what is configured, deployed or served by the canary is not AWS_IAM.
 */
export function truthOf(world: FleetWorld): Truth {
  const targets = world.targets.map((target) => trueTarget(world, target));
  const isFailed = targets.some(({ findings }) => findings.length > 0);
  const isIncomplete = targets.some(({ expected }) => expected === 'unreadable');
  return { verdict: isFailed ? 'fail' : isIncomplete ? 'incomplete' : 'pass', targets };
}

function trueTarget({ fleet }: FleetWorld, target: FleetTarget): TrueTarget {
  const { account, region, apis } = target;
  return {
    account: account.id,
    name: account.name,
    region,
    expected: expectedOf(target, isHidden(target, fleet)),
    apis,
    methods: apis * fleet.methods,
    findings: Array.from({ length: apis }, (_, number) => number)
      .flatMap((number) =>
        methodsOf(fleet, target, number).flatMap(({ verb, path, ...layers }) =>
          [
            ...(layers.configured === 'AWS_IAM' ? [] : [['configured-not-iam', '-']]),
            ...(layers.deployed === 'AWS_IAM' ? [] : [['deployed-not-iam', STAGE]]),
            ...(layers.canary === undefined || layers.canary === 'AWS_IAM'
              ? []
              : [['canary-not-iam', STAGE]]),
          ].map(([rule, stage]) => `${rule} ${apiId(target, number)} ${verb} ${path} ${stage}`),
        ),
      )
      .sort(),
  };
}

function expectedOf({ account }: FleetTarget, hidden: boolean): TrueTarget['expected'] {
  if (!hidden) return 'read';
  const isKnownBefore = account.obstacle === 'suspended' || account.obstacle === undefined;
  return isKnownBefore ? 'left-out' : 'unreadable';
}
