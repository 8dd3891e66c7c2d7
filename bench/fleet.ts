import { fleetSchema } from '../emulator/fleet/schema.js';
import { type Truth, truthOf } from '../emulator/fleet/truth.js';
import { layOut } from '../emulator/fleet/world.js';
import { accountToken } from '../src/evidence/identity.js';
import { targetId } from '../src/fleet/plan.js';
import { compareWithTruth, withoutTimes } from './fleet/compare.js';
import { type Played, playFleet } from './fleet/play.js';
import { printTable } from './table.js';

/** API Gateway's quota of GetResources, which a reading is bound by, and the share of it that is taken. */
const GET_RESOURCES = { perSecond: 2.5, burst: 5 };
const SHARE = 0.8;
/** Over the floor at the most. */
const MOST_TIMES_FLOOR = 1.1;
const SHARD_MEBIBYTES = 200;
const MERGE_MEBIBYTES = 256;
const MERGE_SECONDS = 20;
/** All shards of the large one at once; GitHub runs 20 jobs of a free account side by side. */
const AT_ONCE = 16;

const REGIONS = ['us-east-1', 'eu-west-1', 'eu-central-1', 'eu-south-1'];

/** 200 accounts by 4 regions, 10,000 APIs of 20 methods. */
const LARGE = fleetSchema.parse({
  seed: 14,
  accounts: 200,
  regions: REGIONS,
  apis: 10_000,
  largest: 600,
  methods: 20,
  denied: 5,
  suspended: 2,
  disabled: 1,
  busy: 1,
  canaries: 2,
  externalId: 'fleet-14',
});

/** A fleet of so many targets, as the large one is otherwise. */
function fleetOf(accounts: number, regions: number) {
  return fleetSchema.parse({
    seed: 14,
    accounts,
    regions: REGIONS.slice(0, regions),
    apis: Math.round(accounts * regions * 12.5),
    methods: 20,
    empty: accounts * regions === 1 ? 0 : 0.3,
    externalId: 'fleet-14',
  });
}

/**
 * Prints what a whole organization takes, in real time against an emulator that keeps the quotas: about a
 * quarter of an hour, of which the gate sleeps half.
 *
 * @returns what is over its limit, and every difference from the truth.
 */
export async function benchFleet(): Promise<string[]> {
  const problems: string[] = [];
  const rows: string[][] = [];
  const add = (targets: number, fleet: Played): void => {
    rows.push(growthRow(targets, fleet));
  };
  for (const [accounts, regions] of [
    [1, 1],
    [5, 2],
    [25, 4],
  ] as const) {
    const fleet = fleetOf(accounts, regions);
    const played = await playFleet(fleet, { atOnce: AT_ONCE });
    problems.push(...compareWithTruth(played.report, truthOf(layOut(fleet))));
    add(accounts * regions, played);
  }
  const world = layOut(LARGE);
  const truth = truthOf(world);
  const sizes = await sizesOf(truth);
  const first = await playFleet(LARGE, { atOnce: AT_ONCE, sizes });
  add(world.targets.length, first);
  problems.push(...problemsOf(first, truth));
  printTable('A fleet, 12.5 APIs of 20 methods a target', GROWTH_HEADER, rows);
  printLarge(first, truth);
  const second = await playFleet(LARGE, { atOnce: AT_ONCE, sizes });
  problems.push(...problemsOf(second, truth));
  if (withoutTimes(first.text) !== withoutTimes(second.text))
    problems.push('two runs do not give the same fleet.json but for times');
  return [...new Set(problems)];
}

/** What the run of the night before has found. */
async function sizesOf({ targets }: Truth): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for (const { account, region, apis, expected } of targets) {
    if (expected === 'read') sizes.set(targetId(await accountToken(account), region), apis);
  }
  return sizes;
}

const GROWTH_HEADER = [
  'targets',
  'APIs',
  'calls',
  's',
  'CPU s',
  'shard MiB',
  'merge MiB',
  'merge s',
  'reports MB',
  'fleet.json MB',
];

function growthRow(targets: number, played: Played): string[] {
  const merge = played.usages.find(({ entry }) => entry === 'merge.js');
  const shards = played.usages.filter(({ entry }) => entry === 'index.js');
  const cpu = played.usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  return [
    String(targets),
    String(played.report.counts.apis),
    String(callsOf(played)),
    played.wallSeconds.toFixed(0),
    cpu.toFixed(0),
    Math.max(...shards.map(({ peakMebibytes }) => peakMebibytes)).toFixed(0),
    (merge?.peakMebibytes ?? Number.NaN).toFixed(0),
    (merge?.wallSeconds ?? Number.NaN).toFixed(1),
    (played.shardBytes / 1e6).toFixed(1),
    (played.text.length / 1e6).toFixed(1),
  ];
}

function callsOf({ emulator }: Played): number {
  return emulator.counts.reduce((sum, { count }) => sum + count, 0);
}

/** The seconds that the largest target takes at the least. */
function floorOf(truth: Truth): number {
  const most = Math.max(...truth.targets.map(({ apis }) => apis));
  return Math.max(0, most - GET_RESOURCES.burst) / (GET_RESOURCES.perSecond * SHARE);
}

/** Refused in a place where nobody else asks: those we have caused. */
function ownRefusals(played: Played, busy: ReadonlySet<string>): string[] {
  return played.emulator.quotaViolations.filter(
    (violation) => ![...busy].some((place) => violation.endsWith(` in ${place}`)),
  );
}

function busyPlaces(): Set<string> {
  return new Set(
    layOut(LARGE)
      .targets.filter(({ isBusy }) => isBusy)
      .map(({ account, region }) => `${account.id} ${region}`),
  );
}

/** The most that any process needed a core for, whether it had one or waited for it. */
function cpuBound({ usages, emulator }: Played): number {
  return Math.max(
    ...[...usages, emulator.usage].map((it) => it.cpuSeconds + it.waitedSeconds),
    usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
  );
}

function problemsOf(played: Played, truth: Truth): string[] {
  const floor = floorOf(truth);
  const bound = Math.max(floor, cpuBound(played));
  const merge = played.usages.find(({ entry }) => entry === 'merge.js');
  const largest = Math.max(
    ...played.usages.filter(({ entry }) => entry === 'index.js').map((it) => it.peakMebibytes),
  );
  const refused = ownRefusals(played, busyPlaces());
  const over = (what: string, is: number, limit: number): string[] =>
    is <= limit ? [] : [`${what}: ${is.toFixed(1)}, and ${limit.toFixed(1)} is the limit`];
  return [
    ...compareWithTruth(played.report, truth),
    ...(refused.length === 0 ? [] : [`${refused.length} requests were refused for our own doing`]),
    ...over('seconds of the fleet', played.wallSeconds, MOST_TIMES_FLOOR * bound),
    ...over('MiB of a shard', largest, SHARD_MEBIBYTES),
    ...over('MiB of the merge', merge?.peakMebibytes ?? Number.POSITIVE_INFINITY, MERGE_MEBIBYTES),
    ...over('seconds of the merge', merge?.wallSeconds ?? Number.POSITIVE_INFINITY, MERGE_SECONDS),
  ];
}

function printLarge(played: Played, truth: Truth): void {
  const floor = floorOf(truth);
  const bound = cpuBound(played);
  const busy = busyPlaces();
  const own = ownRefusals(played, busy).length;
  const beside = played.emulator.quotaViolations.length - own;
  printTable(
    `The large one: ${played.wallSeconds <= MOST_TIMES_FLOOR * floor ? 'bound by the quotas' : 'bound by the CPU'}`,
    ['', 's', 'floor s', '× floor', 'CPU s', '429 ours', '429 beside somebody', 'theirs refused'],
    [
      [
        'fleet',
        played.wallSeconds.toFixed(0),
        floor.toFixed(0),
        (played.wallSeconds / floor).toFixed(2),
        bound.toFixed(0),
        String(own),
        String(beside),
        String(played.emulator.othersRefused),
      ],
    ],
  );
}
