import type { RequestAct } from './acts.js';
import type { Terminal } from './terminal.js';

/**
 * Sends one unsigned request and shows what came back.
 *
 * @returns what is not as the act expects; empty where all is well.
 */
export async function playRequestAct(
  { method, path, expected }: RequestAct,
  url: string,
  terminal: Terminal,
): Promise<string[]> {
  const response = await fetch(`${url}${path}`, { method });
  const body = await response.text();
  const errorType = response.headers.get('x-amzn-errortype');
  const style = response.ok ? terminal.red : terminal.green;
  terminal.print();
  terminal.print(`  $ curl -i -X ${method} ${url}${path}`);
  terminal.print(`  ${terminal.bold(style(`HTTP ${response.status} ${response.statusText}`))}`);
  if (errorType !== null) terminal.print(`  x-amzn-ErrorType: ${errorType}`);
  terminal.print(`  ${body}`);

  const problems: string[] = [];
  if (response.status !== expected.status) {
    problems.push(`the status should be ${expected.status} and is ${response.status}`);
  }
  if (errorType !== expected.errorType) {
    problems.push(`the error type should be ${expected.errorType} and is ${errorType}`);
  }
  return problems;
}
