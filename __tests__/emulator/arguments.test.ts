import { describe, expect, test } from '@jest/globals';
import { argumentsOf, UsageError } from '../../emulator/arguments.js';

describe('the command line of the emulator', () => {
  test('has defaults', () => {
    expect(argumentsOf([])).toEqual({
      port: 4510,
      seeds: [],
      quotas: false,
      propagationDelayMs: 0,
    });
  });

  test('takes everything that it names', () => {
    const argv = '--port 0 --seed a.json --seed b.json --quotas --propagation-delay-ms 250';
    expect(argumentsOf(argv.split(' '))).toEqual({
      port: 0,
      seeds: ['a.json', 'b.json'],
      quotas: true,
      propagationDelayMs: 250,
    });
  });

  test.each([
    [['--port', 'eighty'], '--port must be a whole number from 0 to 65535, not "eighty"'],
    [['--port', '70000'], '--port must be a whole number from 0 to 65535, not "70000"'],
    [['--propagation-delay-ms', '-1'], /propagation-delay-ms/],
    [['--sed', 'x.json'], /--sed/],
    [['x.json'], /x\.json/],
  ])('says what is wrong with %j, and how it is used', (argv, message) => {
    expect(() => argumentsOf(argv)).toThrow(UsageError);
    expect(() => argumentsOf(argv)).toThrow(message);
    expect(() => argumentsOf(argv)).toThrow('Usage: emulator');
  });
});
