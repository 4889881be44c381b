import { closeIcon, filterIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Filters } from './filters.tsx';
import type { IHost } from './host.ts';

/** What is looked for: a line for words, and the filters, which come when asked for. */
export function Search({ host }: { host: IHost }): JSX.Element {
  const { store, trans } = host;
  const { filter } = store;
  const [isOpen, setOpen] = React.useState(false);
  const look = (search: string): void => store.look({ ...filter, search });
  return (
    <div role="search" className="nbreduce-Runs-search">
      <div className="nbreduce-Runs-searchLine">
        <input
          className="jp-mod-styled"
          type="text"
          value={filter.search}
          placeholder={trans.__('Number, title, experiment')}
          aria-label={trans.__('Search runs by number, title or experiment')}
          onChange={event => look(event.target.value)}
          onKeyDown={event => event.key === 'Escape' && look('')}
        />
        {filter.search !== '' && (
          <IconButton icon={closeIcon} label={trans.__('Clear the search')} onClick={() => look('')} />
        )}
        <IconButton
          icon={filterIcon}
          label={trans.__('Filters')}
          isPressed={isOpen}
          onClick={() => {
            setOpen(!isOpen);
            void store.readInstruments();
          }}
        />
      </div>
      {isOpen && <Filters host={host} />}
    </div>
  );
}

interface IIconButtonProps {
  icon: typeof closeIcon;
  label: string;
  isPressed?: boolean;
  onClick: () => void;
}

export function IconButton({ icon, label, isPressed, onClick }: IIconButtonProps): JSX.Element {
  return (
    <button
      className="nbreduce-Runs-iconButton"
      title={label}
      aria-label={label}
      aria-pressed={isPressed}
      onClick={onClick}
    >
      <icon.react tag="span" />
    </button>
  );
}
