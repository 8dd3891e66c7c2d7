import { readFile } from 'node:fs/promises';
import vm from 'node:vm';
import { jestExpect } from '@jest/expect';
import fc, { type IRawProperty, type Parameters } from 'fast-check';
import * as circus from 'jest-circus';
import type { Hits } from './protocol.js';

/** How the tests of a bundle are run. */
export interface TestRun {
  readonly property: { readonly numRuns: number; readonly seed: number };
  /** The tests that run, by their whole name: all where null. */
  readonly tests: ReadonlySet<string> | null;
  readonly stopAtFailure: boolean;
  readonly active?: { readonly mutant: string; readonly hitLimit: number };
  readonly testTimeout?: number;
}

/** What came of the tests. */
export interface TestResult {
  readonly failures: readonly string[];
  readonly milliseconds: Readonly<Record<string, number>>;
  /** The processor's time of each test: it is the same on a machine that others use, too. */
  readonly processorMilliseconds: Readonly<Record<string, number>>;
  readonly coverage: Coverage;
}

interface Coverage {
  readonly static: Hits;
  readonly perTest: Readonly<Record<string, Hits>>;
}

/** Tests with a limit of time, which sources that count what is reached do not keep. */
const TIMED = /made to be slow/;

/** The names that instrumented sources look for in the global object. */
interface Switches {
  activeMutant: string;
  hitCount: number;
  hitLimit: number;
  currentTestId?: string | undefined;
  mutantCoverage: Coverage;
}

/**
 * Loads a bundle and runs its tests. Every call evaluates the bundle anew, so that a mutant of what
 * runs while a module is loaded is seen as well, and no state of a mutant stays.
 */
export async function runTests(path: string, run: TestRun): Promise<TestResult> {
  const coverage: Coverage = { static: {}, perTest: {} };
  const switches: Switches = {
    activeMutant: run.active?.mutant ?? '',
    hitCount: 0,
    hitLimit: run.active?.hitLimit ?? Number.POSITIVE_INFINITY,
    mutantCoverage: coverage,
  };
  Object.assign(globalThis, { __stryker__: switches });
  circus.resetState();
  Object.assign(circus.getState(), { testTimeout: run.testTimeout ?? 60_000 });
  const failures: string[] = [];
  const milliseconds: Record<string, number> = {};
  const processorMilliseconds: Record<string, number> = {};
  let before = process.cpuUsage();
  const onEvent = (event: circus.Event): void => {
    if (event.name === 'test_start') {
      const name = nameOf(event.test);
      const isLeftOut = TIMED.test(name) || (run.tests !== null && !run.tests.has(name));
      if (isLeftOut || (run.stopAtFailure && failures.length > 0)) event.test.mode = 'skip';
      switches.currentTestId = name;
      before = process.cpuUsage();
    } else if (event.name === 'test_done') {
      const name = nameOf(event.test);
      milliseconds[name] = event.test.duration ?? 0;
      const { user, system } = process.cpuUsage(before);
      processorMilliseconds[name] = (user + system) / 1000;
      const [error] = event.test.errors;
      if (error !== undefined) failures.push(`${name}: ${messageOf(error)}`);
      switches.currentTestId = undefined;
    } else if (event.name === 'test_skip') {
      switches.currentTestId = undefined;
    }
  };
  circus.addEventHandler(onEvent);
  try {
    await evaluate(path, run.property);
    const { unhandledErrors } = await circus.run();
    failures.push(...unhandledErrors);
  } catch (error) {
    failures.push(messageOf(error));
  } finally {
    circus.removeEventHandler(onEvent);
  }
  return { failures, milliseconds, processorMilliseconds, coverage };
}

/** The whole name of a test, with the blocks around it. */
function nameOf(test: {
  readonly name: string;
  readonly parent: circus.State['currentDescribeBlock'];
}): string {
  const names = [test.name];
  for (let block = test.parent; block.parent !== undefined; block = block.parent) {
    names.unshift(String(block.name));
  }
  return names.join(' › ');
}

/** The first line of what was thrown. Jest keeps an error together with the place of the test. */
function messageOf(thrown: unknown): string {
  const [error] = Array.isArray(thrown) ? thrown : [thrown];
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? '';
}

/** Gives the same answer to the same name without asking again. */
function remembered<T>(find: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    const value = known.get(name) ?? find(name);
    known.set(name, value);
    return value;
  };
}

const textOf = remembered((path) => readFile(path, 'utf8'));

/** Packages are loaded once; their functions are the same for every evaluation of a bundle. */
const packagesFor = remembered((property) => {
  const { numRuns, seed }: TestRun['property'] = JSON.parse(property);
  return remembered((name) => loadPackage(name, { numRuns, seed }));
});

async function evaluate(path: string, property: TestRun['property']): Promise<void> {
  const load = packagesFor(JSON.stringify(property));
  const module = new vm.SourceTextModule(await textOf(path), {
    identifier: path,
    importModuleDynamically: load,
  });
  await module.link(load);
  await module.evaluate();
}

/** A package, or a module of Node, as the bundle sees it. */
async function loadPackage(name: string, property: TestRun['property']): Promise<vm.Module> {
  const exported = await exportsOf(name, property);
  const module = new vm.SyntheticModule(Object.keys(exported), () => {
    for (const [key, value] of Object.entries(exported)) module.setExport(key, value);
  });
  await module.link(() => {
    throw new Error('a synthetic module imports nothing');
  });
  await module.evaluate();
  return module;
}

async function exportsOf(
  name: string,
  property: TestRun['property'],
): Promise<Readonly<Record<string, unknown>>> {
  if (name === '@jest/globals') return { ...circus, expect: jestExpect };
  if (name === 'fast-check') return { default: withFewerRuns(property) };
  const exported: Readonly<Record<string, unknown>> = await import(name);
  // Of a package in CommonJS, Jest lets every property be imported by its name.
  const { default: whole } = exported;
  return typeof whole === 'object' ? { ...whole, ...exported } : exported;
}

/** fast-check with a limit of runs, values that are the same each time, and no search for the least. */
function withFewerRuns({ numRuns, seed }: TestRun['property']): unknown {
  const assert = <Ts>(property: IRawProperty<Ts>, parameters?: Parameters<Ts>) => {
    const wanted = parameters?.numRuns ?? fc.readConfigureGlobal()?.numRuns ?? numRuns;
    const limits = { numRuns: Math.min(wanted, numRuns), endOnFailure: true };
    return fc.assert(property, { seed, ...parameters, ...limits });
  };
  return { ...fc, assert };
}
