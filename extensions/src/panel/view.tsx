import * as React from 'react';

import { Chips } from './chips.tsx';
import { EVERYTHING } from './filter.ts';
import type { IHost } from './host.ts';
import { RunList } from './list.tsx';
import { bannerOf, connectionWords, type INotice, screenOf } from './notices.ts';
import { Search } from './search.tsx';

/** The whole panel. */
export function RunsView({ host }: { host: IHost }): JSX.Element {
  const { store, trans } = host;
  const banner = bannerOf(store, trans);
  const screen = screenOf(store, trans);
  return (
    <>
      <header className="nbreduce-Runs-header">
        <h2>{trans.__('Runs')}</h2>
        <span role="status" className={`nbreduce-Runs-connection nbreduce-mod-${store.connection}`}>
          {connectionWords(store.connection, store.lostAt, trans)}
        </span>
      </header>
      <Search host={host} />
      <Chips host={host} />
      {banner && <Notice host={host} notice={banner} />}
      {screen ? <Notice host={host} notice={screen} /> : <RunList host={host} />}
    </>
  );
}

function Notice({ host, notice }: { host: IHost; notice: INotice }): JSX.Element {
  const { words, hint, command, tone, deed } = notice;
  return (
    <div
      className={`nbreduce-Notice nbreduce-Notice-${tone} nbreduce-Runs-notice`}
      role={tone === 'info' ? 'status' : 'alert'}
    >
      <p>
        {words} {hint} {command && <code>{command}</code>}
      </p>
      {deed === 'read' && (
        <button className="nbreduce-Runs-deed" onClick={() => void host.store.read()}>
          {host.trans.__('Try again')}
        </button>
      )}
      {deed === 'reset' && (
        <button className="nbreduce-Runs-deed" onClick={() => host.store.look(EVERYTHING)}>
          {host.trans.__('Show all runs')}
        </button>
      )}
    </div>
  );
}
