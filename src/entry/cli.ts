#!/usr/bin/env node
import { NAME, VERSION } from '../version.js';

/* The command line. What only says something about itself loads nothing of what it does. */

const args = process.argv.slice(2);
if (args.includes('--version')) {
  console.log(`${NAME} ${VERSION}`);
} else if (args.length === 0 || args.includes('--help') || args.includes('-h')) {
  const { helpText } = await import('../runtime/cli/help.js');
  process.stdout.write(helpText(Math.min(process.stdout.columns || 100, 120)));
  if (args.length === 0) process.exitCode = 3;
} else {
  const { runCommand } = await import('../runtime/cli/main.js');
  process.exitCode = await runCommand(args);
  // What was given up keeps nobody waiting, such as a disk that does not answer.
  setTimeout(() => process.exit(), 10_000).unref();
}
