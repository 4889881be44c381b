import assert from 'node:assert/strict';
import { test } from 'node:test';

import { executing, keptWords, lossWords, tooLarge } from '../src/kernel/words.ts';

/** Fills in what a translation leaves open, as JupyterLab's does. */
const trans = {
  __: (text: string, ...values: unknown[]) => text.replace(/%(\d)/g, (_, place) => String(values[Number(place) - 1]))
} as never;

const NOW = new Date('2026-03-01T12:00:00Z');

test('says how long a kernel is kept still, and nothing once it is over', () => {
  assert.match(keptWords('2026-03-01T12:09:59Z', NOW, trans), /kept for 9 min more/);
  assert.match(keptWords('2026-03-01T12:00:58.5Z', NOW, trans), /kept for 59 s more/);
  assert.equal(keptWords('2026-03-01T12:00:00Z', NOW, trans), '');
  assert.equal(keptWords(null, NOW, trans), '');
});

test('says which cell is executed again', () => {
  assert.match(executing(3, 9, trans), /cell 3 of 9…$/);
});

test('says what is lost, and only then', () => {
  assert.match(lossWords('autorestarting', trans) ?? '', /variables are gone/);
  assert.match(lossWords('dead', trans) ?? '', /has ended/);
  assert.equal(lossWords('idle', trans), null);
  assert.equal(lossWords('busy', trans), null);
});

test('names the files that did not come along', () => {
  assert.match(tooLarge(['outputs/a.nxs', 'b.h5'], trans), /: outputs\/a\.nxs, b\.h5$/);
});
