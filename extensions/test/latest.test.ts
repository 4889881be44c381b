import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Latest } from '../src/latest.ts';

test('only the answer to the last question counts, and so do failures', async () => {
  const latest = new Latest();
  const told: unknown[] = [];
  const waiting: PromiseWithResolvers<string>[] = [];
  const ask = (): Promise<void> => {
    const one = Promise.withResolvers<string>();
    waiting.push(one);
    return latest.ask(
      () => one.promise,
      answer => told.push(answer),
      error => told.push(`failed: ${String(error)}`)
    );
  };
  const asked = [ask(), ask(), ask()];
  waiting[2]!.resolve('third');
  await asked[2];
  waiting[0]!.reject('late');
  waiting[1]!.resolve('second');
  await Promise.all(asked);
  assert.deepEqual(told, ['third']);

  const last = ask();
  waiting[3]!.reject('gone');
  await last;
  assert.deepEqual(told, ['third', 'failed: gone']);
});
