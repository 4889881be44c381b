import { ReactWidget, ToolbarButtonComponent, UseSignal } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { type Message, MessageLoop } from '@lumino/messaging';
import { type ISignal, Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import { Commands } from '../commands.ts';
import { stateWord } from '../words/states.ts';
import type { IRecord } from './record.ts';
import { endWords, failureSentence, type IVersions } from './words.ts';

/** What a banner shows and does. */
export interface IBannerOptions {
  record: IRecord;
  commands: CommandRegistry;
  trans: TranslationBundle;
  /** Shows the cell at which it failed; null where no cell did. */
  showFailure: (() => void) | null;
}

/** One line above an executed notebook: what it is, and what can be done with it. */
export class Banner extends ReactWidget {
  constructor(options: IBannerOptions) {
    super();
    this.options = options;
    this.addClass('nbreduce-Banner');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', options.trans.__('The record of a reduction'));
  }

  /** Tell which versions there are. */
  set versions(versions: IVersions) {
    this._versions = versions;
    this._versionsChanged.emit();
  }

  get versionsChanged(): ISignal<this, void> {
    return this._versionsChanged;
  }

  protected override render(): JSX.Element {
    const { commands } = this.options;
    return (
      <UseSignal signal={this._versionsChanged}>
        {() => (
          <UseSignal signal={commands.commandChanged} shouldUpdate={(_, change) => isOurs(change.id)}>
            {() => <Line {...this.options} versions={this._versions} />}
          </UseSignal>
        )}
      </UseSignal>
    );
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._observer.observe(this.node);
    this._mutations.observe(this.node, { childList: true, subtree: true, characterData: true });
    this._fit();
  }

  protected override onBeforeDetach(message: Message): void {
    this._observer.disconnect();
    this._mutations.disconnect();
    super.onBeforeDetach(message);
  }

  /** A panel gives its children the least height that they ask for: ask for that of the content. */
  private _fit(): void {
    const content = this.node.firstElementChild as HTMLElement | null;
    const height = `${content?.offsetHeight ?? 0}px`;
    if (height !== this.node.style.minHeight) {
      this.node.style.minHeight = height;
      if (this.parent !== null) {
        MessageLoop.postMessage(this.parent, Widget.Msg.FitRequest);
      }
    }
  }

  private readonly options: IBannerOptions;
  private readonly _observer = new ResizeObserver(() => this._fit());
  private readonly _mutations = new MutationObserver(() => this._fit());
  private readonly _versionsChanged = new Signal<this, void>(this);
  private _versions: IVersions | null = null;
}

function isOurs(id: string | undefined): boolean {
  return id === undefined || (Object.values(Commands) as string[]).includes(id);
}

function Line(props: IBannerOptions & { versions: IVersions | null }): JSX.Element {
  const { record, trans, versions } = props;
  const { sign, tone } = stateWord(record.state, trans);
  return (
    <div className="nbreduce-Banner-line">
      <span className="nbreduce-Banner-about">
        <strong>{`${record.instrument} ${record.run}`}</strong>
        <span>{record.title}</span>
        <span>{versionWords(record, versions, trans)}</span>
        <span className={`nbreduce-Banner-state nbreduce-mod-${tone}`}>
          <span aria-hidden="true">{sign}</span> {endWords(record, trans)}
        </span>
      </span>
      <Actions {...props} />
      <Newer {...props} />
      <Failure {...props} />
    </div>
  );
}

function versionWords(record: IRecord, versions: IVersions | null, trans: TranslationBundle): string {
  return versions === null
    ? `v${record.version}`
    : trans.__('v%1 of %2', record.version, versions.highest);
}

function Actions({ record, commands, trans }: IBannerOptions): JSX.Element {
  const actions: [string, string][] = [
    [Commands.rerun, trans.__('Rerun…')],
    [Commands.openWithKernel, trans.__('Open with kernel')],
    [Commands.compare, trans.__('Compare…')],
    [Commands.workOnCopy, trans.__('Work on a copy')]
  ];
  return (
    <span className="nbreduce-Banner-actions">
      {actions
        .filter(([id]) => commands.hasCommand(id))
        .map(([id, label]) => (
          <ToolbarButtonComponent
            key={id}
            label={label}
            enabled={commands.isEnabled(id, { name: record.name })}
            onClick={() => void commands.execute(id, { name: record.name })}
          />
        ))}
    </span>
  );
}

function Newer({ commands, trans, versions }: IBannerOptions & { versions: IVersions | null }): JSX.Element | null {
  const newer = versions?.newer ?? null;
  if (newer === null) {
    return null;
  }
  const { word } = stateWord(newer.state, trans);
  return (
    <span className="nbreduce-Banner-note" role="status">
      {trans.__('v%1 is newer (%2).', newer.version, word)}
      {commands.hasCommand(Commands.open) && (
        <ToolbarButtonComponent
          label={trans.__('Open v%1', newer.version)}
          onClick={() => void commands.execute(Commands.open, { name: newer.name })}
        />
      )}
    </span>
  );
}

function Failure({ record, showFailure, trans }: IBannerOptions): JSX.Element | null {
  if (record.failure === null) {
    return null;
  }
  return (
    <span className="nbreduce-Banner-note nbreduce-mod-bad">
      <span>
        {failureSentence(record.failure, trans)} <code>{record.reason}</code>
      </span>
      {showFailure !== null && (
        <ToolbarButtonComponent label={trans.__('Show the cell')} onClick={showFailure} />
      )}
    </span>
  );
}
