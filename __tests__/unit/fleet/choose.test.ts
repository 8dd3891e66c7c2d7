import { describe, expect, test } from '@jest/globals';
import { chooseRegions, type ListedRegion } from '../../../src/fleet/choose.js';

const LISTED: readonly ListedRegion[] = [
  { name: 'eu-west-1', status: 'ENABLED_BY_DEFAULT' },
  { name: 'eu-south-1', status: 'DISABLED' },
  { name: 'eu-south-2', status: 'DISABLING' },
  { name: 'ap-east-1', status: 'ENABLING' },
  { name: 'us-east-1', status: null },
];

describe('regions of an account', () => {
  test.each([
    [
      'every enabled one',
      'enabled' as const,
      ['eu-west-1', 'eu-south-2', 'ap-east-1', 'us-east-1'],
      [],
    ],
    ['those of a glob', ['eu-*'], ['eu-west-1', 'eu-south-2'], ['eu-south-1']],
    ['a glob and a name', ['ap-*', 'us-east-1'], ['ap-east-1', 'us-east-1'], []],
    ['a name that is disabled', ['ap-*', 'eu-south-1'], ['ap-east-1'], ['eu-south-1']],
    // A mistake beside a glob must not be lost: it is read, and reading it fails.
    ['a name that is not listed', ['eu-w*', 'us-esat-1'], ['eu-west-1', 'us-esat-1'], []],
    ['a glob that nothing matches', ['eu-w*', 'su-*'], ['eu-west-1'], ['su-*']],
    ['a name that stands twice', ['eu-w*', 'no-1', 'no-1'], ['eu-west-1', 'no-1'], []],
    ['only such a glob', ['su-*'], [], ['su-*']],
  ])('are %s', (_, choice, regions, leftOut) => {
    const chosen = chooseRegions(LISTED, choice, true);
    expect(chosen.regions).toEqual(regions);
    expect(chosen.leftOut.map(({ region }) => region)).toEqual(leftOut);
  });

  test('are left out of a list that was cut only where it says so itself', () => {
    const chosen = chooseRegions(LISTED, ['us-gov-*', 'eu-*', 'sa-east-1'], false);
    expect(chosen.regions).toEqual(['eu-west-1', 'eu-south-2', 'sa-east-1']);
    expect(chosen.leftOut.map(({ region }) => region)).toEqual(['eu-south-1']);
  });
});
