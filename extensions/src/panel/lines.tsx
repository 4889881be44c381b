import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Commands } from '../commands.ts';
import { stateWord } from '../words/states.ts';
import { isOpened, meantBy } from './cursor.ts';
import type { IHost } from './host.ts';
import type { IGroupRow, IReductionRow, IRunRow, Row } from './rows.ts';
import { type IStory, tellReduction, tellRun } from './story.ts';
import { isGoingOn } from './told.ts';

/** Height of a line, in pixels. */
export const LINE = 24;
const LEVELS = { group: 1, run: 2, hole: 2, reduction: 3 } as const;

export interface ILineProps<R extends Row = Row> {
  row: R;
  host: IHost;
  now: Date;
  onToggle: (row: Row) => void;
}

interface IRowProps extends ILineProps {
  isActive: boolean;
  isSelected: boolean;
  onPress: (row: Row, event: React.MouseEvent) => void;
}

export function domId(row: Row): string {
  return `nbreduce-${row.key}`;
}

/** A row of the list. */
export function ListRow(props: IRowProps): JSX.Element {
  const { row, isActive, isSelected, onPress } = props;
  const classes = ['nbreduce-Runs-row', `nbreduce-mod-${row.kind}`];
  if (isActive) {
    classes.push('nbreduce-mod-current');
  }
  if (isSelected) {
    classes.push('nbreduce-mod-selected');
  }
  return (
    <div
      role="row"
      id={domId(row)}
      className={classes.join(' ')}
      style={{ top: row.line * LINE, height: row.span * LINE }}
      aria-rowindex={row.index + 1}
      aria-level={LEVELS[row.kind]}
      aria-setsize={row.size}
      aria-posinset={row.position}
      aria-expanded={isOpened(row) ?? undefined}
      aria-selected={meantBy(row) === null ? undefined : isSelected}
      onClick={event => onPress(row, event)}
    >
      <Content {...props} />
    </div>
  );
}

function Content(props: ILineProps): JSX.Element {
  const { row, host, now } = props;
  switch (row.kind) {
    case 'group':
      return <GroupLine {...props} row={row} />;
    case 'run':
      return <StoryLine {...props} row={row} story={tellRun(row.run, now, host.trans)} />;
    case 'reduction':
      return <StoryLine {...props} row={row} story={tellReduction(row.reduction, now, host.trans)} />;
    case 'hole':
      return (
        <span role="gridcell" className="nbreduce-Runs-line nbreduce-Runs-hole">
          {host.trans.__('reading…')}
        </span>
      );
  }
}

export function GroupLine({ row, host, onToggle }: ILineProps<IGroupRow>): JSX.Element {
  const { instrument, experiment, count, known } = row.group;
  const going = known.filter(isGoingOn).length;
  return (
    <span role="gridcell" className="nbreduce-Runs-line">
      <Twisty row={row} onToggle={onToggle} />
      <span className="nbreduce-Runs-group" title={`${instrument} · ${experiment}`}>
        {instrument} · {experiment}
      </span>
      {going > 0 && (
        <span className="nbreduce-Runs-time">
          <span className="nbreduce-mod-active" aria-hidden="true">
            {stateWord('running', host.trans).sign}
          </span>{' '}
          {host.trans.__('%1 going on', going)}
        </span>
      )}
      <span className="nbreduce-Runs-time">
        {count.toLocaleString()} {host.trans._n('run', 'runs', count)}
      </span>
    </span>
  );
}

interface IStoryProps extends ILineProps<IRunRow | IReductionRow> {
  story: IStory;
}

function StoryLine(props: IStoryProps): JSX.Element {
  const { story, row, onToggle } = props;
  return (
    <span role="gridcell" aria-label={story.label} title={story.tooltip}>
      <span className="nbreduce-Runs-line">
        <Twisty row={row} onToggle={onToggle} />
        <span className={`nbreduce-Runs-sign nbreduce-mod-${story.state.tone}`} aria-hidden="true">
          {story.state.sign}
        </span>
        <span className="nbreduce-Runs-name">{story.name}</span>
        <span className="nbreduce-Runs-title">{story.title}</span>
        {story.warnings > 0 && (
          <span className="nbreduce-Runs-warning" aria-hidden="true">
            ⚠
          </span>
        )}
        <span className="nbreduce-Runs-version">{story.version}</span>
        <span className="nbreduce-Runs-time">{story.time}</span>
        <Deed {...props} />
      </span>
      {story.reason !== '' && <span className="nbreduce-Runs-reason">{story.reason}</span>}
      {story.part !== null && (
        <span className="nbreduce-Runs-part" style={{ width: `${story.part * 100}%` }} />
      )}
    </span>
  );
}

/** The one thing that is most likely wanted: end what is going on, try again what failed. */
function Deed({ row, host, story }: IStoryProps): JSX.Element | null {
  const name = meantBy(row)?.name;
  const wanted =
    story.state.tone === 'active' || story.state.tone === 'waiting'
      ? { command: Commands.cancel, word: host.trans.__('Cancel') }
      : { command: Commands.rerun, word: host.trans.__('Rerun') };
  const isEnded = wanted.command === Commands.rerun;
  if (name === undefined || !host.can(wanted.command) || (isEnded && story.state.tone !== 'bad')) {
    return null;
  }
  return (
    <button
      className="nbreduce-Runs-deed"
      tabIndex={-1}
      aria-label={`${wanted.word} ${name}`}
      onClick={event => {
        event.stopPropagation();
        host.run(wanted.command, { name });
      }}
    >
      {wanted.word}
    </button>
  );
}

function Twisty({ row, onToggle }: Pick<ILineProps, 'row' | 'onToggle'>): JSX.Element {
  const isOpen = isOpened(row);
  if (isOpen === null) {
    return <span className="nbreduce-Runs-twisty" />;
  }
  const Icon = isOpen ? caretDownIcon : caretRightIcon;
  return (
    <span
      className="nbreduce-Runs-twisty"
      aria-hidden="true"
      onClick={event => {
        event.stopPropagation();
        onToggle(row);
      }}
    >
      <Icon.react tag="span" />
    </span>
  );
}
