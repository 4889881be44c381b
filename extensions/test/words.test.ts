import assert from 'node:assert/strict';
import { test } from 'node:test';

import { duration, exactly, tellExactTimesIn, when } from '../src/words/times.ts';

test('durations', () => {
  assert.deepEqual(
    [-5, 3140, 59_940, 60_000, 127_900, 3_727_000].map(duration),
    ['0.0 s', '3.1 s', '59.9 s', '1:00', '2:07', '1:02:07']
  );
});

test('times are relative while fresh, then of the day, then dated', () => {
  const now = new Date(2026, 2, 3, 15, 30, 0);
  const at = (...parts: [number, number, number, number, number]): string =>
    when(new Date(...parts).toISOString(), now, 'en-GB');
  assert.equal(at(2026, 2, 3, 15, 28), '2 min ago');
  assert.equal(at(2026, 2, 3, 14, 2), '14:02');
  assert.match(at(2026, 2, 2, 14, 2), /^2 Mar,? 14:02$/);
  assert.match(at(2025, 11, 31, 23, 59), /^31 Dec 2025,? 23:59$/);
  assert.equal(at(2026, 2, 3, 15, 31), '15:31');
});

test('exact times are those of the facility, and name its zone', () => {
  const noon = '2026-07-01T12:00:00Z';
  tellExactTimesIn('Asia/Tokyo');
  assert.match(exactly(noon, 'en-GB'), /21:00:00 GMT\+9$/);
  tellExactTimesIn('Europe/London');
  assert.match(exactly(noon, 'en-GB'), /13:00:00 BST$/);
  const own = new Date(noon).toLocaleTimeString('en-GB');
  for (const unknown of ['Mars/Olympus', '']) {
    tellExactTimesIn(unknown);
    assert.ok(exactly(noon, 'en-GB').includes(own));
  }
});
