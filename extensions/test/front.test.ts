import assert from 'node:assert/strict';
import { test } from 'node:test';

import { reductionOf } from '../src/front.ts';

type Argument = Parameters<typeof reductionOf>[0];

test('a view says its reduction, an executed notebook holds it, all else is of none', () => {
  const notebook = (metadata: unknown): Argument =>
    ({ context: { model: { getMetadata: () => metadata } } }) as unknown as Argument;
  assert.equal(reductionOf({ reductionName: 'X1-work-v2' } as unknown as Argument), 'X1-work-v2');
  assert.equal(reductionOf(notebook({ reduction: { name: 'X1-work-v1' } })), 'X1-work-v1');
  assert.equal(reductionOf(notebook({ title: 'a template' })), null);
  assert.equal(reductionOf(notebook(undefined)), null);
  assert.equal(reductionOf({} as Argument), null);
  assert.equal(reductionOf(null), null);
});
