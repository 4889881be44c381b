import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Compared, Comparison } from '../api/types.ts';
import { stateWord } from '../words/states.ts';
import { entryWords, neighbour, sectionTitle, type Row } from './words.ts';

interface IActions {
  open(name: string): void;
  setReference(name: string): void;
  remove(name: string): void;
}

interface ITableProps {
  comparison: Comparison;
  actions: IActions;
  trans: TranslationBundle;
}

/** What differs, side by side, a column for each reduction. */
export function DifferenceTable({ comparison, actions, trans }: ITableProps): React.ReactElement {
  const { reductions, sections } = comparison;
  const table = React.useRef<HTMLTableElement>(null);
  const next = React.useRef('');
  // A button that takes itself away would take the keyboard's place with it.
  React.useLayoutEffect(() => {
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (next.current !== '' && lost) {
      const names = [...(table.current?.querySelectorAll<HTMLElement>('.nbreduce-Compare-name') ?? [])];
      names.find(node => node.dataset['name'] === next.current)?.focus();
    }
    next.current = '';
  }, [reductions]);
  const followed: IActions = {
    open: actions.open,
    setReference: name => {
      next.current = name;
      actions.setReference(name);
    },
    remove: name => {
      next.current = neighbour(reductions.map(one => one.name), name) ?? '';
      actions.remove(name);
    }
  };
  return (
    <table ref={table} className="nbreduce-Compare-table" aria-label={trans.__('What differs')}>
      <thead>
        <tr>
          <td />
          {reductions.map((one, index) => (
            <Column
              key={one.name}
              reduction={one}
              isReference={index === 0}
              canRemove={reductions.length > 2}
              actions={followed}
              trans={trans}
            />
          ))}
        </tr>
      </thead>
      {sections.map(section => (
        <tbody key={section.name}>
          <tr>
            <th colSpan={reductions.length + 1} scope="rowgroup">
              {sectionTitle(section.name, trans)}
            </th>
          </tr>
          {section.rows.map(row => (
            <Line key={row.what} row={row} />
          ))}
        </tbody>
      ))}
    </table>
  );
}

interface IColumnProps {
  reduction: Compared;
  isReference: boolean;
  canRemove: boolean;
  actions: IActions;
  trans: TranslationBundle;
}

function Column(props: IColumnProps): React.ReactElement {
  const { reduction, isReference, canRemove, actions, trans } = props;
  const { name, label, state } = reduction;
  const { word, tone } = stateWord(state, trans);
  return (
    <th scope="col" aria-label={name}>
      <button
        type="button"
        className="nbreduce-Compare-name"
        data-name={name}
        title={trans.__('Open %1', name)}
        onClick={() => actions.open(name)}
      >
        {label}
      </button>
      {state !== 'succeeded' && (
        <span className={`nbreduce-Compare-state nbreduce-mod-${tone}`}>{word}</span>
      )}
      <div className="nbreduce-Compare-column">
        {isReference ? (
          <span className="nbreduce-Compare-reference">{trans.__('reference')}</span>
        ) : (
          <button
            type="button"
            className="nbreduce-Compare-small"
            aria-label={trans.__('Use %1 as the reference', name)}
            onClick={() => actions.setReference(name)}
          >
            {trans.__('Use as reference')}
          </button>
        )}
        {canRemove && (
          <button
            type="button"
            className="nbreduce-Compare-small"
            aria-label={trans.__('Take %1 out of the comparison', name)}
            onClick={() => actions.remove(name)}
          >
            {trans.__('Take out')}
          </button>
        )}
      </div>
    </th>
  );
}

function Line({ row }: { row: Row }): React.ReactElement {
  const code = row.kind === 'digest' ? 'nbreduce-Compare-code' : undefined;
  return (
    <tr>
      <th scope="row">{row.what}</th>
      {row.entries.map((entry, index) => {
        const { text, detail, whole } = entryWords(row, entry);
        return (
          <td key={index} title={whole}>
            <span className={code}>{text}</span>
            {detail !== '' && <span className="nbreduce-Compare-detail">{detail}</span>}
          </td>
        );
      })}
    </tr>
  );
}
