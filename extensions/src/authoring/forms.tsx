import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Api } from '../api/client.ts';
import type { RunLine, RunPage } from '../api/types.ts';
import { wordsOf } from '../api/client.ts';
import type { IField } from './values.ts';

const SHOWN = 30;
const PAUSE = 250;

/** What a form wrote last, by the names of its fields. */
export type Entered = Record<string, string>;

interface IForm {
  trouble: string;
  children: React.ReactNode;
}

export function Form({ trouble, children }: IForm): React.JSX.Element {
  return (
    <div className="nbreduce-Form">
      {trouble !== '' && (
        <p className="nbreduce-Notice nbreduce-Notice-error" role="alert">
          {trouble}
        </p>
      )}
      {children}
    </div>
  );
}

interface ITextField {
  entered: Entered;
  name: string;
  label: string;
  help?: string;
  many?: boolean;
}

/** A line of text, or several. */
export function TextField({ entered, name, label, help, many }: ITextField): React.JSX.Element {
  const shared = {
    className: 'jp-mod-styled',
    defaultValue: entered[name] ?? '',
    onChange: (event: { target: { value: string } }) => {
      entered[name] = event.target.value;
    }
  };
  return (
    <label>
      <span>{label}</span>
      {many ? <textarea rows={3} {...shared} /> : <input type="text" {...shared} />}
      {help && <small>{help}</small>}
    </label>
  );
}

interface ISelectField {
  entered: Entered;
  name: string;
  label: string;
  options: readonly (readonly [string, string])[];
}

export function SelectField({ entered, name, label, options }: ISelectField): React.JSX.Element {
  entered[name] ??= options[0]?.[0] ?? '';
  return (
    <label>
      <span>{label}</span>
      <select
        className="jp-mod-styled"
        defaultValue={entered[name]}
        onChange={event => {
          entered[name] = event.target.value;
        }}
      >
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

interface IRunField {
  api: Api;
  instrument: string;
  entered: Entered;
  trans: TranslationBundle;
}

/** The runs of an instrument, newest first, to search in and choose from. */
export function RunField({ api, instrument, entered, trans }: IRunField): React.JSX.Element {
  const [search, setSearch] = React.useState(entered['search'] ?? '');
  const [found, setFound] = React.useState<RunPage | null>(null);
  const [trouble, setTrouble] = React.useState('');
  React.useEffect(() => {
    let wanted = true;
    const timer = setTimeout(() => {
      api.get<RunPage>('runs', { instrument, search, limit: SHOWN }).then(
        page => {
          if (wanted) {
            setFound(page);
            setTrouble('');
          }
        },
        (error: unknown) => wanted && setTrouble(wordsOf(error))
      );
    }, PAUSE);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [api, instrument, search]);
  return (
    <fieldset>
      <legend>{trans.__('Run of %1', instrument)}</legend>
      <input
        type="search"
        className="jp-mod-styled"
        aria-label={trans.__('Search runs')}
        placeholder={trans.__('Search number, title, experiment')}
        defaultValue={search}
        onChange={event => {
          entered['search'] = event.target.value;
          setSearch(event.target.value);
        }}
      />
      <RunChoice runs={found?.runs} entered={entered} trans={trans} />
      <small role="status">{trouble || countWords(found, trans)}</small>
    </fieldset>
  );
}

interface IRunChoice {
  runs: readonly RunLine[] | undefined;
  entered: Entered;
  trans: TranslationBundle;
}

function RunChoice({ runs, entered, trans }: IRunChoice): React.JSX.Element {
  const [chosen, setChosen] = React.useState(entered['run'] ?? '');
  const stands = runs === undefined ? chosen : choiceAmong(runs, chosen);
  entered['run'] = stands;
  return (
    <select
      className="jp-mod-styled nbreduce-Form-runs"
      size={8}
      aria-label={trans.__('Runs, newest first')}
      value={stands}
      onChange={event => setChosen(event.target.value)}
    >
      {runs?.map(run => (
        <option key={run.name} value={run.name}>
          {[run.name, run.title || trans.__('(no title)'), run.experiment, run.skipped && trans.__('skipped')]
            .filter(Boolean)
            .join(' · ')}
        </option>
      ))}
    </select>
  );
}

/** The chosen run where it is listed, else the newest that was not skipped. */
function choiceAmong(runs: readonly RunLine[], chosen: string): string {
  const stands = runs.some(run => run.name === chosen);
  return stands ? chosen : (runs.find(run => run.skipped === null)?.name ?? '');
}

function countWords(found: RunPage | null, trans: TranslationBundle): string {
  if (found === null) {
    return trans.__('Looking for runs…');
  }
  if (found.total === 0) {
    return trans.__('No such run. Clear the search, or measure one first.');
  }
  return trans.__('%1 of %2 runs', found.runs.length, found.total);
}

interface IValueFields {
  fields: readonly IField[];
  entered: Entered;
  trans: TranslationBundle;
}

/** The parameters of a template, each with its default. */
export function ValueFields({ fields, entered, trans }: IValueFields): React.JSX.Element | null {
  if (fields.length === 0) {
    return null;
  }
  for (const { name, text } of fields) {
    entered[name] ??= text;
  }
  return (
    <details>
      <summary>{trans.__('Values (%1)', fields.length)}</summary>
      {fields.map(({ name, help }) => (
        <TextField key={name} entered={entered} name={name} label={name} help={help} />
      ))}
    </details>
  );
}
