import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';

import { Socket } from '../src/api/socket.ts';
import { EventStream } from '../src/api/stream.ts';
import type { Push } from '../src/api/types.ts';

/** The connections that were made; the server's side of them. */
class Wire {
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  isClosed = false;
  readonly address: string;

  static made: Wire[] = [];

  constructor(address: string) {
    this.address = address;
    Wire.made.push(this);
  }

  /** As on a broken line: nothing answers, so it never comes to its end. */
  close(): void {
    this.isClosed = true;
  }

  send(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

const SETTINGS = { WebSocket: Wire, wsUrl: 'ws://here/', appendToken: false, token: '' } as never;

function start(t: TestContext): { socket: Socket<unknown>; told: unknown[]; last: () => Wire } {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  Wire.made = [];
  const told: unknown[] = [];
  const socket = new Socket<unknown>(SETTINGS, 'x', () => ({}), message => told.push(message));
  t.after(() => socket.dispose());
  socket.start();
  return { socket, told, last: () => Wire.made.at(-1)! };
}

test('a connection that stays silent is given up, and made again', t => {
  const { socket, told, last } = start(t);
  const broken = last();
  for (let beat = 0; beat < 6; beat++) {
    broken.send(beat);
    t.mock.timers.tick(20_000);
    assert.equal(socket.state, 'live');
  }
  t.mock.timers.tick(30_000);
  assert.equal(socket.state, 'lost');
  assert.ok(broken.isClosed);
  t.mock.timers.tick(500);
  assert.notEqual(last(), broken);
  broken.send('late');
  broken.onclose?.();
  last().send('anew');
  assert.deepEqual([socket.state, told.at(-1), told.includes('late'), Wire.made.length], ['live', 'anew', false, 2]);
});

test('a connection that never opens is given up too', t => {
  const { socket } = start(t);
  [50_000, 500].forEach(time => t.mock.timers.tick(time));
  assert.deepEqual([socket.state, Wire.made.length], ['lost', 2]);
});

test('one that ends as soon as it has spoken is tried less and less; after a good life soon again', t => {
  const { last } = start(t);
  const waits = [500, 1000, 2000, 4000, 8000, 10_000, 10_000];
  waits.forEach((wait, index) => {
    last().send('there is none');
    last().onclose?.();
    t.mock.timers.tick(wait - 1);
    assert.equal(Wire.made.length, index + 1);
    t.mock.timers.tick(1);
    assert.equal(Wire.made.length, index + 2);
  });
  last().send('here');
  t.mock.timers.tick(10_000);
  last().onclose?.();
  t.mock.timers.tick(500);
  assert.equal(Wire.made.length, waits.length + 2);
});

test('the stream goes on from the last event that it was told, whatever the trouble', t => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  Wire.made = [];
  const stream = new EventStream(SETTINGS);
  t.after(() => stream.dispose());
  stream.start();
  const push = (fields: Partial<Push>): void => Wire.made.at(-1)!.send({ latest: 0, ...fields });
  const again = (): string => {
    Wire.made.at(-1)!.onclose?.();
    t.mock.timers.tick(10_000);
    return Wire.made.at(-1)!.address;
  };
  assert.doesNotMatch(Wire.made[0]!.address, /after/);
  push({ trouble: 'the catalogue is gone' });
  assert.doesNotMatch(again(), /after/);
  push({ latest: 7, trouble: '' });
  push({ trouble: 'the catalogue is gone' });
  assert.match(again(), /after=7/);
});
