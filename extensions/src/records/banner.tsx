import { ReactWidget, ToolbarButtonComponent, UseSignal } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { type Message, MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
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

/** Something above a notebook that is as high as what it shows. */
abstract class Header extends ReactWidget {
  constructor(label: string) {
    super();
    this.addClass('nbreduce-Banner');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', label);
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._sizes.observe(this.node);
    this._changes.observe(this.node, { childList: true, subtree: true, characterData: true });
    this._fit();
  }

  protected override onBeforeDetach(message: Message): void {
    this._sizes.disconnect();
    this._changes.disconnect();
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

  private readonly _sizes = new ResizeObserver(() => this._fit());
  private readonly _changes = new MutationObserver(() => this._fit());
}

/** One line above an executed notebook: what it is, and what can be done with it. */
export class Banner extends Header {
  constructor(options: IBannerOptions) {
    super(options.trans.__('The record of a reduction'));
    this.options = options;
  }

  /** Tell which versions there are. */
  set versions(versions: IVersions) {
    this._versions = versions;
    this._versionsChanged.emit();
  }

  protected override render(): JSX.Element {
    return (
      <UseSignal signal={this._versionsChanged}>
        {() => (
          <WithCommands commands={this.options.commands}>
            {() => <Line {...this.options} versions={this._versions} />}
          </WithCommands>
        )}
      </UseSignal>
    );
  }

  private readonly options: IBannerOptions;
  private readonly _versionsChanged = new Signal<this, void>(this);
  private _versions: IVersions | null = null;
}

/** What the line above a copy shows and does. */
export interface ICopyBannerOptions {
  /** Name of the reduction that it is a copy of. */
  origin: string;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** One line above a copy: what it is a copy of. */
export class CopyBanner extends Header {
  constructor(options: ICopyBannerOptions) {
    super(options.trans.__('A copy of the record of a reduction'));
    this.options = options;
  }

  protected override render(): JSX.Element {
    const { commands, origin, trans } = this.options;
    return (
      <WithCommands commands={commands}>
        {() => (
          <div className="nbreduce-Banner-line">
            <span>{trans.__('Your copy of %1: change, run and save it as you like.', origin)}</span>
            {commands.hasCommand(Commands.open) && (
              <ToolbarButtonComponent
                label={trans.__('Open the record')}
                onClick={() => void commands.execute(Commands.open, { name: origin })}
              />
            )}
          </div>
        )}
      </WithCommands>
    );
  }

  private readonly options: ICopyBannerOptions;
}

/** Draws again whenever one of our commands came, went or changed. */
function WithCommands(props: { commands: CommandRegistry; children: () => JSX.Element }): JSX.Element {
  return (
    <UseSignal signal={props.commands.commandChanged} shouldUpdate={(_, change) => isOurs(change.id)}>
      {props.children}
    </UseSignal>
  );
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
