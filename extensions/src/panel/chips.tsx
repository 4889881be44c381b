import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { stateWord } from '../words/states.ts';
import { EVERYTHING, type IFilter, leavesAll, without } from './filter.ts';
import type { IHost } from './host.ts';

/** What is filtered by just now, each condition with a way out of it. */
export function Chips({ host }: { host: IHost }): JSX.Element | null {
  const { store, trans } = host;
  const chips = chipsOf(store.filter, trans);
  if (leavesAll(store.filter) || !store.isRead) {
    return null;
  }
  const { runs } = store.outline;
  return (
    <div className="nbreduce-Runs-chips">
      <span role="status">
        {runs.toLocaleString()} {trans._n('run', 'runs', runs)}
      </span>
      {chips.map(([field, words]) => (
        <button
          key={field}
          className="nbreduce-Runs-chip"
          aria-label={trans.__('Filtered by %1. Remove this filter', words)}
          onClick={() => store.look(without(store.filter, field))}
        >
          {words} <span aria-hidden="true">✕</span>
        </button>
      ))}
      <button className="nbreduce-Runs-link" onClick={() => store.look(EVERYTHING)}>
        {trans.__('Show all runs')}
      </button>
    </div>
  );
}

function chipsOf(filter: IFilter, trans: TranslationBundle): [keyof IFilter, string][] {
  const states = filter.states.map(state => stateWord(state, trans).word).join(', ');
  const told: [keyof IFilter, string][] = [
    ['instrument', filter.instrument],
    ['template', filter.template],
    ['states', states],
    ['since', filter.since && trans.__('from %1', filter.since)],
    ['until', filter.until && trans.__('to %1', filter.until)]
  ];
  return told.filter(([, words]) => words !== '');
}
