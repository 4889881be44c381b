import * as React from 'react';

import type { State } from '../api/types.ts';
import { stateWord } from '../words/states.ts';
import { withState } from './filter.ts';
import type { IHost } from './host.ts';

const STATES: readonly State[] = [
  'running',
  'queued',
  'succeeded',
  'failed',
  'cancelled',
  'skipped'
];

/** By what runs can be filtered. */
export function Filters({ host }: { host: IHost }): JSX.Element {
  const { store, trans } = host;
  const { filter, instruments } = store;
  const instrument = instruments.find(one => one.key === filter.instrument);
  const templates = (instrument ? [instrument] : instruments).flatMap(one => one.templates);
  return (
    <div role="group" className="nbreduce-Runs-filters" aria-label={trans.__('Filters')}>
      <Choice
        label={trans.__('Instrument')}
        all={trans.__('all instruments')}
        value={filter.instrument}
        values={instruments.map(one => one.key)}
        onChange={instrument => store.look({ ...filter, instrument })}
      />
      <Choice
        label={trans.__('Template')}
        all={trans.__('all templates')}
        value={filter.template}
        values={[...new Set(templates)].sort()}
        onChange={template => store.look({ ...filter, template })}
      />
      <Day
        label={trans.__('From')}
        value={filter.since}
        onChange={since => store.look({ ...filter, since })}
      />
      <Day
        label={trans.__('To')}
        value={filter.until}
        onChange={until => store.look({ ...filter, until })}
      />
      <span id="nbreduce-Runs-states">{trans.__('State')}</span>
      <span role="group" aria-labelledby="nbreduce-Runs-states" className="nbreduce-Runs-states">
        {STATES.map(state => (
          <StateButton key={state} state={state} host={host} />
        ))}
      </span>
    </div>
  );
}

function StateButton({ state, host }: { state: State; host: IHost }): JSX.Element {
  const { store, trans } = host;
  const isWanted = store.filter.states.includes(state);
  const { sign, word, tone } = stateWord(state, trans);
  return (
    <button
      className="nbreduce-Runs-chip"
      aria-pressed={isWanted}
      onClick={() => store.look(withState(store.filter, state, !isWanted))}
    >
      <span className={`nbreduce-mod-${tone}`} aria-hidden="true">
        {sign}
      </span>{' '}
      {word}
    </button>
  );
}

interface IFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

function Choice(props: IFieldProps & { all: string; values: readonly string[] }): JSX.Element {
  const { label, value, values, all, onChange } = props;
  const known = value === '' || values.includes(value) ? values : [value, ...values];
  return (
    <label>
      <span>{label}</span>
      <select
        className="jp-mod-styled"
        value={value}
        onChange={event => onChange(event.target.value)}
      >
        <option value="">{all}</option>
        {known.map(one => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
}

function Day({ label, value, onChange }: IFieldProps): JSX.Element {
  return (
    <label>
      <span>{label}</span>
      <input
        className="jp-mod-styled"
        type="date"
        value={value}
        onChange={event => onChange(event.target.value)}
      />
    </label>
  );
}
