import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';

import type { Query } from '../src/api/client.ts';
import type { Push, RunLine } from '../src/api/types.ts';
import { EVERYTHING, queryOf, withState } from '../src/panel/filter.ts';
import { bannerOf, connectionWords, screenOf } from '../src/panel/notices.ts';
import { runKey } from '../src/panel/rows.ts';
import { Store } from '../src/panel/store.ts';
import { experiment, reduction, run, runsOf, TRANS } from './panelMaking.ts';

const WAITS = { search: 5, scroll: 5, again: 5 };

/** A server with runs of RB1, newest first; it answers when it is let. */
class Server {
  constructor(runs: RunLine[] = runsOf('RB1', 900, 350)) {
    this.runs = runs;
  }

  runs: RunLine[];
  asked: string[] = [];
  fails: Error | null = null;
  held: (() => void)[] | null = null;

  async get<T>(path: string, query: Query = {}): Promise<T> {
    this.asked.push(`${path} ${query.search ?? ''} ${query.offset ?? ''}`.trim());
    if (this.held) {
      await new Promise<void>(resolve => this.held!.push(resolve));
    }
    if (this.fails) {
      throw this.fails;
    }
    return this.answer(path, query) as T;
  }

  letGo(): void {
    const held = this.held ?? [];
    this.held = null;
    held.forEach(resolve => resolve());
  }

  /** What it answers whatever it has. */
  answers: Record<string, unknown> = {};

  private answer(path: string, query: Query): unknown {
    if (path in this.answers) {
      return this.answers[path];
    }
    const found = this.runs.filter(one => one.name.includes(String(query.search ?? '')));
    if (path === 'experiments') {
      return { experiments: found.length > 0 ? [experiment('RB1', found.length)] : [] };
    }
    if (path === 'health') {
      return { watched: ['/data'], service: { running: false, pid: null, since: null } };
    }
    const offset = Number(query.offset ?? 0);
    const runs = found.slice(offset, offset + Number(query.limit));
    return { runs, offset, total: found.length };
  }
}

function storeOn(server: Server, t: TestContext): Store {
  const store = new Store(server, WAITS);
  t.after(() => store.dispose());
  return store;
}

function push(fields: Partial<Push>): Push {
  return { latest: 1, events: [], runs: [], reset: false, service: null, trouble: null, ...fields };
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!holds()) {
    assert.ok(Date.now() < end, String(holds));
    await new Promise(resolve => setTimeout(resolve, 2));
  }
}

test('pages come when they are shown, each once', async t => {
  const server = new Server();
  const store = storeOn(server, t);
  await store.read();
  store.show(150, 190);
  store.show(250, 290);
  await until(() => store.outline.known(620) !== undefined);
  assert.deepEqual(server.asked, ['experiments', 'runs', 'runs  200']);
  store.show(251, 291);
  await new Promise(resolve => setTimeout(resolve, 20));
  assert.equal(server.asked.length, 3);
});

test('an answer to what is not looked for any more is not shown', async t => {
  const server = new Server();
  const store = storeOn(server, t);
  await store.read();
  server.held = [];
  store.look({ ...EVERYTHING, search: '89' });
  await until(() => server.held?.length === 2);
  store.look({ ...EVERYTHING, search: '777' });
  await until(() => server.held?.length === 4);
  server.letGo();
  await until(() => store.outline.runs === 1);
  assert.ok(store.outline.known(777));
});

test('what is typed quickly is asked once', async t => {
  const server = new Server();
  const store = storeOn(server, t);
  ['7', '77', '777'].forEach(search => store.look({ ...EVERYTHING, search }));
  await until(() => store.isRead);
  assert.deepEqual(server.asked, ['experiments 777', 'runs 777']);
});

test('a pushed run shows at once without asking; under a filter it is asked whether it matches', async t => {
  const server = new Server();
  const store = storeOn(server, t);
  await store.read();
  store.take(push({ runs: [run(901)] }));
  assert.equal(store.outline.at(1)?.key, runKey(901));
  assert.equal(server.asked.length, 2);

  store.look({ ...EVERYTHING, search: '900' });
  await until(() => store.outline.runs === 1);
  server.runs = [run(1900), ...server.runs];
  store.take(push({ runs: [run(1900)] }));
  await until(() => store.outline.runs === 2);
});

test('what happened while it was read is read again', async t => {
  const server = new Server();
  const store = storeOn(server, t);
  await store.read();
  server.held = [];
  const reading = store.read();
  store.take(push({ runs: [run(901)] }));
  server.runs = [run(902), run(901), ...server.runs];
  server.letGo();
  await reading;
  await until(() => server.asked.length === 6);
});

test('matches that are looked at stay there while runs go on, and are looked at again', async t => {
  const server = new Server(runsOf('RB1', 9999, 900));
  const store = storeOn(server, t);
  store.look({ ...EVERYTHING, search: '9' });
  await until(() => store.isRead);
  store.show(710, 730);
  await until(() => store.outline.known(9285) !== undefined);
  const row = store.outline.find(runKey(9285))!;
  store.cursor.pick(row);

  server.held = [];
  server.runs = server.runs.filter(one => one.id !== 9990);
  const before = server.asked.length;
  store.take(push({ runs: [run(9999)] }));
  await until(() => server.asked.length === before + 2);
  server.letGo();
  server.held = [];
  await until(() => server.held!.length > 0);
  const rows = store.outline.rows(711, 725);
  assert.deepEqual(rows.filter(one => one.kind === 'hole'), []);
  assert.equal(store.cursor.row?.key, runKey(9285));
  assert.deepEqual(store.cursor.meant.map(one => one.name), ['DEMO9285-work-v1']);
  server.letGo();
  await until(() => store.outline.missing(710, 730).length === 0);
  assert.deepEqual(server.asked.slice(before), ['experiments 9', 'runs 9', 'runs 9 700']);
  assert.equal(store.cursor.row?.position, row.position - 1);
});

test('what a filter left is not taken for all, although all could not be read', async t => {
  const server = new Server();
  const store = storeOn(server, t);
  store.look({ ...EVERYTHING, search: '77' });
  await until(() => store.isRead);
  server.fails = new Error('the Jupyter server does not answer');
  store.look(EVERYTHING);
  await until(() => store.error !== null);
  store.take(push({ runs: [run(901)] }));
  server.fails = null;
  server.runs = [run(901), ...server.runs];
  store.connect('live');
  await until(() => store.outline.runs === 351);
  const rows = store.outline.rows(1, 60);
  assert.deepEqual(rows.map(one => one.key), runsOf('RB1', 901, 59).map(one => runKey(one.id)));
});

test('what happened before it is told is read once it is told', async t => {
  const server = new Server([run(1, { reductions: [reduction('DEMO1-work-v1', { state: 'running' })] })]);
  const store = storeOn(server, t);
  await store.read();
  server.runs = [run(1)];
  store.connect('live');
  store.take(push({ reset: true, service: { running: true, pid: 1, since: null } }));
  await until(() => store.outline.known(1)?.reductions[0]?.state === 'succeeded');
});

test('the first reading ends when the one that took its place does', async t => {
  const server = new Server();
  const store = storeOn(server, t);
  server.held = [];
  const reading = store.read();
  await until(() => server.held!.length === 2);
  store.take(push({ reset: true }));
  server.letGo();
  await reading;
  assert.ok(store.isRead);
  assert.equal(store.outline.runs, 350);
});

test('groups are open until a screen is full, and later only the newest', async t => {
  const server = new Server();
  const groups = ['RB5', 'RB4', 'RB3', 'RB2'].map(name => experiment(name, 14));
  server.answers = { experiments: { experiments: groups }, runs: { runs: [], offset: 0, total: 56 } };
  const store = storeOn(server, t);
  const open = (): string[] => store.outline.groups.filter(one => one.isOpen).map(one => one.experiment);
  await store.read();
  assert.deepEqual(open(), ['RB5', 'RB4']);
  store.setOpen(store.outline.groups[0]!, false);
  await store.read(true);
  assert.deepEqual(open(), ['RB4']);
});

test('who looks for what runs finds what starts', () => {
  const filter = withState(EVERYTHING, 'running', true);
  assert.deepEqual(queryOf(withState(filter, 'failed', true)).state, ['starting', 'running', 'failed']);
});

test('a reset reads everything anew', async t => {
  const server = new Server();
  const store = storeOn(server, t);
  await store.read();
  server.runs = runsOf('RB1', 5, 2);
  store.take(push({ reset: true }));
  await until(() => store.outline.runs === 2);
});

test('a group stays open when another becomes the newest, and as it was left', async t => {
  const store = storeOn(new Server(), t);
  const chosen: unknown[] = [];
  store.onChoice = choices => chosen.push(choices);
  await store.read();
  store.take(push({ runs: [run(901, { experiment: 'RB2' })] }));
  assert.deepEqual(
    store.outline.groups.map(one => [one.experiment, one.isOpen]),
    [['RB2', true], ['RB1', true]]
  );
  store.setOpen(store.outline.groups[0]!, false);
  assert.deepEqual(chosen, [{ 'DEMO/RB2': false }]);
});

test('matches are shown whatever was closed', async t => {
  const store = storeOn(new Server(), t);
  store.choose({ 'DEMO/RB1': false });
  await store.read();
  assert.equal(store.outline.lines, 1);
  store.look({ ...EVERYTHING, search: '777' });
  await until(() => store.outline.lines === 2);
  store.look(EVERYTHING);
  await until(() => store.outline.lines === 1);
});

test('each state has a sentence that says what to do', async t => {
  const server = new Server([]);
  const store = storeOn(server, t);
  assert.match(screenOf(store, TRANS)!.words, /Reading/);

  server.fails = Object.assign(new Error('there is no workspace'), { hint: 'Run nbreduce init' });
  await store.read();
  const failure = screenOf(store, TRANS)!;
  assert.match(failure.words, /there is no workspace/);
  assert.deepEqual([failure.hint, failure.deed], ['Run nbreduce init.', 'read']);

  server.fails = null;
  await store.read();
  assert.match(screenOf(store, TRANS)!.words, /watching \/data/);
  assert.equal(bannerOf(store, TRANS)?.command, 'nbreduce up');
  assert.equal(bannerOf(store, TRANS)?.words, 'The service is not running.');
  store.take(push({ service: { running: false, pid: null, since: new Date().toISOString() } }));
  assert.match(bannerOf(store, TRANS)!.words, /is not running since \d\d:\d\d\.$/);

  store.look({ ...EVERYTHING, search: 'nothing like it' });
  assert.equal(screenOf(store, TRANS)?.deed, 'reset');

  store.take(push({ trouble: 'the catalogue is away' }));
  assert.match(bannerOf(store, TRANS)!.words, /the catalogue is away/);
  store.take(push({ service: { running: true, pid: 1, since: null } }));
  assert.equal(bannerOf(store, TRANS), null);
});

test('it tells since when it is not connected, and reads what failed once it is', async t => {
  const server = new Server();
  const store = storeOn(server, t);
  server.fails = new Error('the Jupyter server does not answer');
  await store.read();
  assert.equal(connectionWords('connecting', null, TRANS), 'connecting…');
  store.connect('lost');
  const since = store.lostAt;
  store.connect('lost');
  assert.equal(store.lostAt, since);
  assert.match(connectionWords('lost', since, TRANS), /^not connected since \d\d:\d\d; trying again$/);
  server.fails = null;
  store.connect('live');
  await until(() => store.outline.runs === 350);
  assert.equal(connectionWords('live', store.lostAt, TRANS), 'live');
});
