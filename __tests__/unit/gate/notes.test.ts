import { expect, test } from '@jest/globals';
import { notesOnApis } from '../../../src/gate/notes.js';
import { API_KINDS } from '../../../src/model/api-kind.js';
import { api, evidenceOf } from '../evidence-builder.js';

test.each(API_KINDS)(
  'a %s API in which nothing is configured is named in its own words',
  (kind) => {
    const [, note] = notesOnApis(evidenceOf(api({ kind, id: 'a1b2c3d4e5' })));
    expect(note).toMatch(
      kind === 'REST' ? /\(a1b2c3d4e5\) has no methods configured/ : /has no routes configured/,
    );
  },
);
