import pLimit from 'p-limit';
import type { JoinedMethod } from '../evidence/join.js';
import { planCanary } from './canary.js';
import { planControl } from './control.js';
import { deadlinesFrom } from './limit.js';
import { type Observation, unasked } from './observation.js';
import type { Observe, SmokeTest, Task } from './observe.js';
import { select, wantOf } from './select.js';

/**
 * Methods that are asked side by side: bounded, so that a stage's own throttling is not what answers.
 * Each has at most three requests under way.
 */
const METHODS_AT_ONCE = 8;
const LINES_BETWEEN_PROGRESS = 25;

/** Asks the endpoint of every row that may be probed; every row comes back, in order. */
export async function runSmokeTest(
  rows: readonly JoinedMethod[],
  test: SmokeTest,
): Promise<Observation[]> {
  const tasks = planTasks(rows, test);
  const total = tasks.filter((task) => 'selected' in task).length;
  const limit = pLimit(METHODS_AT_ONCE);
  // What asks is loaded with the first method that is asked.
  let observer: Promise<Observe> | undefined;
  const openObserver = async (): Promise<Observe> => {
    const { createObserver } = await import('./observe.js');
    return createObserver(test, deadlinesFrom(test.startMs, test.timeoutMs));
  };
  let done = 0;
  return Promise.all(
    tasks.map((task) => {
      if (!('selected' in task)) return task;
      return limit(async () => {
        observer ??= openObserver();
        const observation = await (await observer)(task);
        done += 1;
        if (done % LINES_BETWEEN_PROGRESS === 0 || done === total) {
          test.logger.info(`${done}/${total} methods asked`);
        }
        return observation;
      });
    }),
  );
}

const LEADS_HERE = 'set endpoint-url to an address that leads to the method';

function planTasks(rows: readonly JoinedMethod[], test: SmokeTest): (Task | Observation)[] {
  const askedOfStage = new Map<unknown, number>();
  const wantingSignature = new Map<unknown, number>();
  const planned = rows.map((row): Omit<Task, 'methods'> | Observation => {
    const selected = select(row, test);
    if (typeof selected === 'string') {
      const want = wantOf(row, test);
      return unasked(row, test.region, selected, null, want === null ? [] : [want]);
    }
    const where = test.surroundings.whereabouts(row.api, row.stage?.name ?? '');
    if ('unavailable' in where) return unasked(row, test.region, where.unavailable, where.remedy);
    const elsewhere = where.leadsElsewhere({
      path: selected.path.path,
      headers: selected.sample.headers,
    });
    if (elsewhere !== null) {
      return unasked(
        row,
        test.region,
        elsewhere,
        null,
        selected.asksForSignature ? [LEADS_HERE] : [],
      );
    }
    const rank = askedOfStage.get(row.stage) ?? 0;
    askedOfStage.set(row.stage, rank + 1);
    if (selected.asksForSignature) {
      wantingSignature.set(row.stage, (wantingSignature.get(row.stage) ?? 0) + 1);
    }
    // What is open by its snapshot needs no canary to convict it, and reaches a backend each time.
    const percent = selected.asksForSignature ? (row.stage?.canary?.percentTraffic ?? 0) : 0;
    const plan = planCanary(percent);
    const isSought = rank < plan.methods;
    return {
      selected,
      baseUrl: where.baseUrl,
      defaultUrl: where.defaultUrl,
      control: planControl(selected, where, test),
      canaryAsks: isSought ? plan.asks : 0,
      canaryGap: isSought ? null : notMet(percent, plan.asks),
    };
  });
  return planned.map((it) =>
    'selected' in it ? { ...it, methods: wantingSignature.get(it.selected.row.stage) ?? 1 } : it,
  );
}

function notMet(percent: number, asks: number): string {
  return `the canary's answer was not seen: at ${percent} % of the traffic it would take ${asks} requests a method; raise its share, or promote it`;
}
