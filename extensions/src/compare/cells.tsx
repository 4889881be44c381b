import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { CellDifference, CellsComparison, Compared } from '../api/types.ts';

interface ICellsChoiceProps {
  others: readonly Compared[];
  chosen: string;
  choose(name: string): void;
  trans: TranslationBundle;
}

/** Which reduction's cells are compared with the reference's; nothing where there is only one. */
export function CellsChoice({ others, chosen, choose, trans }: ICellsChoiceProps): React.ReactElement | null {
  return others.length < 2 ? null : (
    <label className="nbreduce-Compare-choice">
      {trans.__("Compare the reference's cells with those of")}
      <select className="jp-mod-styled" value={chosen} onChange={event => choose(event.target.value)}>
        {others.map(one => (
          <option key={one.name} value={one.name}>
            {one.label}
          </option>
        ))}
      </select>
    </label>
  );
}

interface ICellsProps {
  cells: CellsComparison;
  compared: readonly Compared[];
  trans: TranslationBundle;
}

/** The cells that differ from the reference's, line beside line. */
export function Cells({ cells, compared, trans }: ICellsProps): React.ReactElement {
  const heads = [cells.before, cells.after].map(name => compared.find(one => one.name === name)?.label ?? name);
  return cells.cells.length === 0 ? (
    <p className="nbreduce-Compare-empty">{trans.__('The cells are the same.')}</p>
  ) : (
    <>
      {cells.cells.map((cell, index) => (
        <Cell key={index} cell={cell} heads={heads} trans={trans} />
      ))}
    </>
  );
}

interface ICellProps {
  cell: CellDifference;
  heads: readonly string[];
  trans: TranslationBundle;
}

function Cell({ cell, heads, trans }: ICellProps): React.ReactElement {
  return (
    <table className="nbreduce-Compare-cell">
      <caption>{cellTitle(cell, trans)}</caption>
      <thead>
        <tr>
          {heads.map(head => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {cell.lines.map(({ before, after }, index) => {
          const changed = before !== after;
          return (
            <tr key={index}>
              <Side text={before} sign={changed ? '−' : ' '} words={trans.__('removed')} />
              <Side text={after} sign={changed ? '+' : ' '} words={trans.__('added')} />
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Side(props: { text: string | null; sign: string; words: string }): React.ReactElement {
  const { text, sign, words } = props;
  if (text === null) {
    return <td className="nbreduce-mod-missing" />;
  }
  const changed = sign !== ' ';
  const kind = sign === '+' ? 'nbreduce-mod-added' : 'nbreduce-mod-removed';
  return (
    <td className={changed ? kind : undefined}>
      <span aria-label={changed ? words : undefined}>{sign}</span> {text}
    </td>
  );
}

function cellTitle(cell: CellDifference, trans: TranslationBundle): string {
  switch (cell.kind) {
    case 'added':
      return trans.__('Cell %1, added', cell.after);
    case 'removed':
      return trans.__('Cell %1, removed', cell.before);
    case 'changed':
      return cell.before === cell.after
        ? trans.__('Cell %1, changed', cell.before)
        : trans.__('Cell %1, changed; it was cell %2', cell.after, cell.before);
  }
}
