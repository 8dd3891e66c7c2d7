import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ValidateFunction } from 'ajv';
import { XMLParser } from 'fast-xml-parser';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import type { Log } from 'sarif';
import type { StepResult } from '../../runner/run-action.js';

const JUNIT_SCHEMA_FILE = new URL('../fixtures/junit-10.xsd', import.meta.url);

/** As the ids of rules are written, and as the names are that stand beside them. */
const KEBAB_CASE = /^[a-z][a-z0-9]*(?:-[a-z][a-z0-9]*)*$/;
const PASCAL_CASE = /^(?:[A-Z][a-z0-9]*)+$/;

let junitValidator: XsdValidator | null = null;
let validateSarif: ValidateFunction<Log> | null = null;

/**
 * Holds a step's SARIF file to the SARIF 2.1.0 schema, with a location for every result, and
 * its JUnit file to Jenkins' schema. Every scenario's files pass through here.
 *
 * @throws Error naming what is wrong.
 */
export function checkReportFiles({ sarif, junit }: Pick<StepResult, 'sarif' | 'junit'>): void {
  if (sarif !== null) parseSarif(sarif);
  if (junit !== null) parseJunit(junit);
}

/** A SARIF file that keeps to the standard and to what code scanning asks for. */
export function parseSarif(text: string): Log {
  validateSarif ??= loadValidator();
  const log: unknown = JSON.parse(text);
  if (!validateSarif(log)) {
    throw new Error(`not SARIF 2.1.0: ${JSON.stringify(validateSarif.errors, null, 2)}`);
  }
  for (const { results = [], tool } of log.runs) {
    for (const { id, name } of tool.driver.rules ?? []) {
      if (name === undefined ? KEBAB_CASE.test(id) : !PASCAL_CASE.test(name)) {
        throw new Error(`the name of rule ${id} is not in Pascal case: ${name}`);
      }
    }
    const alerts = new Set<string>();
    for (const { ruleId, locations = [], partialFingerprints = {} } of results) {
      const [location] = locations;
      const uri = location?.physicalLocation?.artifactLocation?.uri;
      if (locations.length !== 1 || uri === undefined || !/^[^:/][^:]*$/.test(uri)) {
        throw new Error(
          `a result has no repository-relative location: ${JSON.stringify(locations)}`,
        );
      }
      // What code scanning tells alerts apart by: two results of which nothing differs are one alert.
      const { primaryLocationLineHash } = partialFingerprints;
      if (primaryLocationLineHash === undefined) throw new Error('no fingerprint');
      const alert = JSON.stringify([ruleId, uri, primaryLocationLineHash]);
      if (alerts.has(alert)) throw new Error(`two results are one alert: ${alert}`);
      alerts.add(alert);
    }
  }
  return log;
}

/** As it was compiled before the tests began. */
function loadValidator(): ValidateFunction<Log> {
  const path = process.env.SARIF_VALIDATOR;
  if (path === undefined) throw new Error('SARIF_VALIDATOR is not set: Jest has no global set-up');
  return createRequire(import.meta.url)(path);
}

export interface JunitCase {
  readonly name: string;
  readonly classname: string;
  readonly failure?: { readonly message: string; readonly type: string };
  readonly error?: { readonly message: string; readonly type: string };
  readonly skipped?: unknown;
}

export interface JunitSuite {
  readonly name: string;
  readonly tests: string;
  readonly failures: string;
  readonly errors: string;
  readonly skipped: string;
  readonly testcase: readonly JunitCase[];
}

export interface Junit {
  readonly tests: string;
  readonly failures: string;
  readonly errors: string;
  readonly testsuite: readonly JunitSuite[];
}

/** A JUnit file that Jenkins takes, read by a parser that is not ours. */
export function parseJunit(text: string): Junit {
  checkJunit(text);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseAttributeValue: false,
    trimValues: false,
    htmlEntities: true,
    processEntities: { enabled: true, maxTotalExpansions: 1e9, maxExpandedLength: 1e9 },
    isArray: (name) => name === 'testcase' || name === 'testsuite',
  });
  return { testsuite: [], ...parser.parse(text).testsuites };
}

/**
 * Holds a JUnit file to Jenkins' schema (jenkinsci/xunit-plugin, junit-10.xsd).
 *
 * @throws Error naming what is wrong.
 */
export function checkJunit(text: string): void {
  junitValidator ??= XsdValidator.fromDoc(
    XmlDocument.fromString(readFileSync(JUNIT_SCHEMA_FILE, 'utf8')),
  );
  const document = XmlDocument.fromString(text);
  try {
    junitValidator.validate(document);
  } finally {
    document.dispose();
  }
}
