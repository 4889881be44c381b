import assert from 'node:assert/strict';
import { test } from 'node:test';

import { extendLog, LogReader } from '../src/provenance/log.ts';
import type { LogPart } from '../src/provenance/types.ts';
import { noRebuildWords, plainText, publishedWords, sizeWords, valueWords } from '../src/provenance/words.ts';
import { TRANS } from './panelMaking.ts';

test('sizes have three figures', () => {
  assert.deepEqual(
    [0, 17, 999, 1000, 1249, 380_000_000, 999_600, 5e15].map(sizeWords),
    ['0 B', '17 B', '999 B', '1 kB', '1.25 kB', '380 MB', '1 MB', '5000 TB']
  );
});

test('values carry their units', () => {
  const used = (value: unknown, unit = ''): string =>
    valueWords({ name: 'x', value, unit, source: 'request', help: '' } as never);
  assert.deepEqual(
    [used(0.7, 'angstrom'), used('both'), used([1, 2]), used(null), used(true)],
    ['0.7 angstrom', 'both', '[1,2]', 'null', 'true']
  );
});

test('colours of terminals are left out of logs', () => {
  assert.equal(plainText('\u001b[1;31mred\u001b[0m \u001b]0;title\u0007plain'), 'red plain');
});

function part(text: string, start: number, changes: Partial<LogPart> = {}): LogPart {
  return { attempt: 1, start, end: start + text.length, text, more: false, ...changes };
}

test('a log grows, and begins anew with another attempt', () => {
  const first = extendLog(null, part('one\n', 0));
  const second = extendLog(first, part('two\n', 4));
  assert.deepEqual(second, { attempt: 1, end: 8, text: 'one\ntwo\n', isCut: false });
  const other = extendLog(second, part('anew', 0, { attempt: 2 }));
  assert.deepEqual(other, { attempt: 2, end: 4, text: 'anew', isCut: false });
  assert.equal(extendLog(null, part('late', 900)).isCut, true);
  assert.equal(extendLog(first, part('x'.repeat(600_000), 4)).text.length, 500_000);
});

test('a log is read to its end, by one reading at a time', async () => {
  const log = 'abcdefghij';
  let asked = 0;
  let reading = 0;
  const reader = new LogReader(
    async (_, start) => {
      asked += 1;
      reading += 1;
      assert.equal(reading, 1);
      await new Promise(resolve => setTimeout(resolve, 1));
      reading -= 1;
      const from = start ?? 0;
      return part(log.slice(from, from + 4), from, { more: from + 4 < log.length });
    },
    () => undefined
  );
  await Promise.all([reader.read(), reader.read()]);
  assert.equal(reader.log?.text, log);
  const before = asked;
  await reader.read();
  assert.equal(asked, before + 1);
});

test('a reading that failed can be tried again', async () => {
  let isAway = true;
  const reader = new LogReader(
    async () => {
      if (isAway) {
        throw new Error('away');
      }
      return part('text', 0);
    },
    () => undefined
  );
  await assert.rejects(reader.read(), /away/);
  isAway = false;
  await reader.read();
  assert.equal(reader.log?.text, 'text');
});

test('the published version of a template is told with who and when', () => {
  const published = { version: 3, person: 'ben', time: '2026-03-03T12:00:00Z', message: 'narrower' } as never;
  assert.match(publishedWords({ published, publications_problem: '' }, TRANS), /^published version 3 by ben on .*2026/);
  assert.equal(publishedWords({ published: null, publications_problem: '' }, TRANS), 'not published');
  assert.equal(publishedWords({ published: null, publications_problem: 'damaged' }, TRANS), 'not known: damaged');
});

test('why no command rebuilds an environment is said, and what to do', () => {
  const manifest = { sha256: 'abc', packages: 9, hashes_missing: 0 };
  const words = (hashes_missing: number, verify: string | null, install: string | null): string =>
    noRebuildWords({ ...manifest, hashes_missing }, { verify, install }, TRANS);
  assert.equal(words(0, 'verify', 'install'), '');
  assert.equal(noRebuildWords(null, { verify: null, install: null }, TRANS), '');
  assert.match(words(0, null, null), /not in the archive any more.*Restore/);
  assert.match(words(1, 'verify', null), /: 1 package has no hash.*install that package by hand/);
  assert.match(words(0, 'verify', null), /Python packages alone. Install them with pip/);
});
