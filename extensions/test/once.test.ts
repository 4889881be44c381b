import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Once } from '../src/once.ts';

test('what is asked for again while it goes on is done once', async () => {
  const once = new Once<string, number>();
  let done = 0;
  let end = (_: number): void => undefined;
  const begin = (): Promise<number> => {
    done += 1;
    return new Promise(resolve => (end = resolve));
  };
  const both = [once.do('a', begin), once.do('a', begin)];
  end(7);
  assert.deepEqual(await Promise.all(both), [7, 7]);
  assert.equal(done, 1);
  await assert.rejects(once.do('a', () => Promise.reject(new Error('no'))));
  void once.do('a', begin);
  void once.do('b', begin);
  assert.equal(done, 3);
});
