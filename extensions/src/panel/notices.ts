import type { TranslationBundle } from '@jupyterlab/translation';

import type { StreamState } from '../api/stream.ts';
import { clockTime } from '../words/times.ts';
import { leavesAll } from './filter.ts';
import type { Store } from './store.ts';

/** Something to be read: what is so, and what to do about it. */
export interface INotice {
  readonly words: string;
  readonly hint: string;
  /** To be copied into a terminal. */
  readonly command: string;
  readonly tone: 'info' | 'warning' | 'error';
  /** What a button beside it does. */
  readonly deed: 'read' | 'reset' | null;
}

const PLAIN = { hint: '', command: '', tone: 'info', deed: null } as const;

/** How the connection is, in words. */
export function connectionWords(
  state: StreamState,
  lostAt: Date | null,
  trans: TranslationBundle
): string {
  if (state === 'live') {
    return trans.__('live');
  }
  if (lostAt === null) {
    return trans.__('connecting…');
  }
  const time = clockTime(lostAt.toISOString(), new Date());
  return trans.__('not connected since %1; trying again', time);
}

/** What stands above the list although there may be one; null where all is in order. */
export function bannerOf(store: Store, trans: TranslationBundle): INotice | null {
  if (!store.isRead) {
    return null;
  }
  if (store.trouble !== '') {
    return {
      ...PLAIN,
      words: trans.__('Nothing new can be told just now: %1', store.trouble),
      tone: 'error'
    };
  }
  if (store.error !== null) {
    return { ...failure(store.error, trans), deed: 'read' };
  }
  if (store.service?.running === false) {
    const { since } = store.service;
    return {
      ...PLAIN,
      words: since
        ? trans.__('The service is not running since %1.', clockTime(since, new Date()))
        : trans.__('The service is not running.'),
      hint: trans.__('Runs are kept and will be reduced when it is back. Start it with:'),
      command: 'nbreduce up',
      tone: 'warning'
    };
  }
  return null;
}

/** What stands in the list's place; null where there is a list. */
export function screenOf(store: Store, trans: TranslationBundle): INotice | null {
  if (!store.isRead) {
    return store.error === null
      ? { ...PLAIN, words: trans.__('Reading the runs…') }
      : { ...failure(store.error, trans), deed: 'read' };
  }
  if (store.outline.groups.length > 0) {
    return null;
  }
  if (!leavesAll(store.filter)) {
    return { ...PLAIN, words: trans.__('No run matches what you look for.'), deed: 'reset' };
  }
  return emptiness(store, trans);
}

function emptiness(store: Store, trans: TranslationBundle): INotice {
  const watched = store.health?.watched ?? [];
  const words =
    watched.length > 0
      ? trans.__('No runs yet. nbreduce is watching %1.', watched.join(', '))
      : trans.__('No runs yet, and no folder is watched.');
  return {
    ...PLAIN,
    words,
    hint: trans.__('Submit one with:'),
    command: 'nbreduce submit INSTRUMENT FILE'
  };
}

function failure(error: unknown, trans: TranslationBundle): INotice {
  const told = error as { message?: string; hint?: string; status?: number };
  const notice: INotice = {
    ...PLAIN,
    words: trans.__('The runs cannot be read: %1.', plain(told.message ?? String(error))),
    hint: told.hint ? `${plain(told.hint)}.` : '',
    tone: 'error'
  };
  if (told.status === 0 || told.status === 404) {
    const hint = trans.__('Start JupyterLab with nbreduce and its workspace:');
    return { ...notice, hint, command: 'nbreduce lab' };
  }
  return notice;
}

/** A sentence without its full stop. */
function plain(text: string): string {
  return text.replace(/\.$/, '');
}
