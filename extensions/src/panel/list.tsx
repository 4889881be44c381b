import * as React from 'react';

import { Commands } from '../commands.ts';
import { isOpened, meantBy, type Pick } from './cursor.ts';
import type { IHost } from './host.ts';
import { press } from './keys.ts';
import { domId, GroupLine, LINE, ListRow } from './lines.tsx';
import { groupKey, placeKey, type Row } from './rows.ts';
import { isGoingOn } from './told.ts';

const MORE_LINES = 8;
const FRESH = 30_000;

/** A row that stays where it is on the screen whatever comes above it. */
interface IAnchor {
  readonly key: string;
  readonly line: number;
}

/** The list: only the rows that can be seen are there. */
export function RunList({ host }: { host: IHost }): JSX.Element {
  const { outline, cursor, filter } = host.store;
  const scroller = React.useRef<HTMLDivElement>(null);
  const anchor = React.useRef<IAnchor | null>(null);
  const [view, setView] = React.useState({ top: 0, height: 0 });
  const from = Math.floor(view.top / LINE);
  const to = Math.ceil((view.top + view.height) / LINE);
  const lines = outline.lines;
  const rows = view.height > 0 ? outline.rows(from - MORE_LINES, to + MORE_LINES) : [];
  const now = useNow(rows.some(row => row.kind === 'run' && isGoingOn(row.run)), view.height > 0);

  const look = React.useCallback((): void => {
    const { scrollTop, clientHeight } = scroller.current!;
    anchor.current = scrollTop < LINE ? null : anchorOf(outline.at(Math.floor(scrollTop / LINE)));
    setView({ top: scrollTop, height: clientHeight });
  }, []);
  React.useLayoutEffect(() => {
    const observer = new ResizeObserver(look);
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, []);
  React.useLayoutEffect(() => {
    scroller.current!.scrollTop = 0;
  }, [filter]);
  React.useLayoutEffect(() => {
    const kept = anchor.current && outline.find(anchor.current.key);
    if (kept && kept.line !== anchor.current!.line) {
      scroller.current!.scrollTop += (kept.line - anchor.current!.line) * LINE;
      anchor.current = { ...anchor.current!, line: kept.line };
    }
  });
  React.useEffect(() => host.store.show(from, to), [from, to, lines]);

  const toggle = (row: Row): void => toggleRow(host, row);
  const open = (row: Row): void => openRow(host, row);
  const goTo = (row: Row | null): void => {
    if (row) {
      reveal(scroller.current!, row);
    }
    host.store.onChange();
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.altKey) {
      return;
    }
    const deed = press(cursor, event, Math.max(Math.floor(view.height / LINE) - 2, 1));
    if (deed === 'none') {
      return;
    }
    event.preventDefault();
    if (cursor.row && deed === 'toggle') {
      toggle(cursor.row);
    } else if (cursor.row && deed === 'open') {
      open(cursor.row);
    }
    goTo(cursor.row);
    if (deed === 'menu') {
      showMenuOfRow(host, scroller.current!);
    }
  };
  const onPress = (row: Row, event: React.MouseEvent): void => {
    const how: Pick = event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'toggle' : 'one';
    cursor.pick(row, how);
    if (how === 'one') {
      open(row);
    }
    host.store.onChange();
  };
  const onContextMenu = (event: React.MouseEvent): void => {
    if (event.shiftKey && event.button === 2) {
      return; // The browser's own menu.
    }
    event.preventDefault();
    event.stopPropagation();
    showMenu(host, scroller.current!, event);
  };

  const active = cursor.row;
  const top = outline.at(from);
  return (
    <div className="nbreduce-Runs-list">
      <div
        ref={scroller}
        className="nbreduce-Runs-scroller"
        role="treegrid"
        aria-label={host.trans.__('Runs')}
        aria-multiselectable="true"
        aria-rowcount={outline.count}
        aria-activedescendant={active && rows.some(row => row.key === active.key) ? domId(active) : undefined}
        tabIndex={0}
        onScroll={look}
        onKeyDown={onKeyDown}
        onContextMenu={onContextMenu}
        onFocus={() => {
          if (cursor.row === null) {
            cursor.move(0);
            host.store.onChange();
          }
        }}
      >
        <div role="rowgroup" className="nbreduce-Runs-all" style={{ height: lines * LINE }}>
          {rows.map(row => (
            <ListRow
              key={row.key}
              row={row}
              host={host}
              now={now}
              isActive={row.key === active?.key}
              isSelected={cursor.isSelected(row.key)}
              onToggle={toggle}
              onPress={onPress}
            />
          ))}
        </div>
      </div>
      {top && top.kind !== 'group' && <Pinned host={host} row={top} now={now} goTo={goTo} />}
    </div>
  );
}

interface IPinnedProps {
  host: IHost;
  row: Row;
  now: Date;
  goTo: (row: Row | null) => void;
}

/** The group that is looked at, whose own row is out of sight; the mouse's way back to it. */
function Pinned({ host, row, now, goTo }: IPinnedProps): JSX.Element {
  const group = host.store.outline.find(groupKey(row.group));
  const toggle = (): void => {
    host.store.setOpen(row.group, false);
    goTo(group);
  };
  return (
    <div className="nbreduce-Runs-pinned" aria-hidden="true" onClick={() => goTo(group)}>
      {group?.kind === 'group' && <GroupLine row={group} host={host} now={now} onToggle={toggle} />}
    </div>
  );
}

function toggleRow(host: IHost, row: Row): void {
  const isOpen = isOpened(row);
  if (row.kind === 'group') {
    host.store.setOpen(row.group, !isOpen);
  } else if (row.kind === 'run' && isOpen !== null) {
    host.store.setExpanded(row.run, !isOpen);
  }
}

function openRow(host: IHost, row: Row): void {
  const name = meantBy(row)?.name;
  if (name === undefined) {
    toggleRow(host, row);
  } else if (host.can(Commands.open)) {
    host.run(Commands.open, { name });
  }
}

/** Bring a row into sight, below the group that is pinned at the top. */
function reveal(scroller: HTMLElement, row: Row): void {
  const top = (row.kind === 'group' ? row.line : row.line - 1) * LINE;
  const bottom = (row.line + row.span) * LINE;
  if (scroller.scrollTop > top) {
    scroller.scrollTop = top;
  } else if (scroller.scrollTop + scroller.clientHeight < bottom) {
    scroller.scrollTop = bottom - scroller.clientHeight;
  }
}

/** Where the mouse is, or else, for a key, at the row that the cursor is at. */
function showMenu(host: IHost, scroller: HTMLElement, event: React.MouseEvent): void {
  const { outline, cursor } = host.store;
  if (event.button === 2) {
    const bounds = scroller.getBoundingClientRect();
    const line = Math.floor((event.clientY - bounds.top + scroller.scrollTop) / LINE);
    const row = outline.at(line);
    if (row && !cursor.isSelected(row.key)) {
      cursor.pick(row);
      host.store.onChange();
    }
    host.openMenu(event.clientX, event.clientY);
  } else {
    showMenuOfRow(host, scroller);
  }
}

function showMenuOfRow(host: IHost, scroller: HTMLElement): void {
  const { cursor } = host.store;
  const { row } = cursor;
  const bounds = scroller.getBoundingClientRect();
  if (row !== null) {
    if (cursor.meant.length === 0) {
      cursor.pick(row);
      host.store.onChange();
    }
    const below = (row.line + 1) * LINE - scroller.scrollTop;
    host.openMenu(bounds.left + 2 * LINE, bounds.top + below);
  }
}

function anchorOf(row: Row | null): IAnchor | null {
  switch (row?.kind) {
    case 'group':
    case 'reduction':
      return { key: row.key, line: row.line };
    case 'run':
    case 'hole':
      return { key: placeKey(row.group, row.position - 1), line: row.line };
    default:
      return null;
  }
}

/** The time: looked at each second while something is going on, else as often as "minutes ago" needs it. */
function useNow(isGoing: boolean, isSeen: boolean): Date {
  const [, tick] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    if (!isSeen) {
      return;
    }
    const timer = setInterval(tick, isGoing ? 1000 : FRESH);
    return () => clearInterval(timer);
  }, [isGoing, isSeen]);
  return new Date();
}
