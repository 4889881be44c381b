import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import * as React from 'react';

import type { TrialAnswer, TrialLine } from '../api/types.ts';
import { Commands } from '../commands.ts';
import { hasEnded } from '../words/states.ts';
import { wordsOf } from '../api/client.ts';
import { labelOf } from './places.ts';
import type { TrialFollower } from './trial.ts';
import { differenceWords, resultWords, rowWords, trialWords } from './trialwords.ts';

/** A trial: its runs in a table, each with what it gave before and gives now. */
export class TrialView extends ReactWidget {
  constructor(follower: TrialFollower, commands: CommandRegistry, trans: TranslationBundle) {
    super();
    this.follower = follower;
    this.commands = commands;
    this.trans = trans;
    this.addClass('nbreduce-Trial');
  }

  override dispose(): void {
    this.follower.dispose();
    super.dispose();
  }

  protected override render(): React.JSX.Element {
    return (
      <UseSignal signal={this.follower.changed}>
        {() => (
          <>
            {this.follower.trouble !== '' && (
              <p className="nbreduce-Notice nbreduce-Notice-error" role="alert">
                {this.follower.trouble}
              </p>
            )}
            {this.follower.trial === null ? (
              <p role="status">{this.trans.__('Looking up the trial…')}</p>
            ) : (
              this.shown(this.follower.trial)
            )}
          </>
        )}
      </UseSignal>
    );
  }

  private shown(trial: TrialAnswer): React.JSX.Element {
    const template = labelOf({ instrument: trial.instrument, name: trial.template });
    return (
      <>
        <h2>{this.trans.__('Trial of %1', template)}</h2>
        <p className="nbreduce-Trial-about">
          {this.trans.__('The draft as it was when the trial was asked for. The archive stays as it is.')}
        </p>
        <div className="nbreduce-TemplateStrip-line">
          <span role="status">{trialWords(trial, this.trans)}</span>
          {!hasEnded(trial.state) && <CancelButton follower={this.follower} trans={this.trans} />}
        </div>
        <table>
          <thead>
            <tr>
              <th scope="col">{this.trans.__('Run')}</th>
              <th scope="col">{this.trans.__('Before')}</th>
              <th scope="col">{this.trans.__('Now')}</th>
              <th scope="col">{this.trans.__('Difference')}</th>
              <th scope="col">{this.trans.__('Open')}</th>
            </tr>
          </thead>
          <tbody>{trial.rows.map(row => this.row(trial, row))}</tbody>
        </table>
      </>
    );
  }

  private row(trial: TrialAnswer, row: TrialLine): React.JSX.Element {
    const { trans } = this;
    return (
      <tr key={row.run} data-state={row.new?.state ?? row.state}>
        <th scope="row">
          {trial.instrument} {row.run}
          <small>{row.title}</small>
        </th>
        <td>{resultWords(row.old, trans)}</td>
        <td>{rowWords(row, trans)}</td>
        <td>{differenceWords(row, trans)}</td>
        <td>
          {row.reduction && row.comparable && (
            <Opener
              commands={this.commands}
              label={trans.__('Compare')}
              title={trans.__('Compare what run %1 gave before and gives now', row.run)}
              command={Commands.compare}
              args={{ names: [row.reduction, row.comparable] }}
            />
          )}
          {row.notebook && (
            <Opener
              commands={this.commands}
              label={trans.__('Trial')}
              title={trans.__('Open the trial of run %1', row.run)}
              command="docmanager:open"
              args={{ path: row.notebook }}
            />
          )}
          {row.reduction && (
            <Opener
              commands={this.commands}
              label={trans.__('Before')}
              title={trans.__('Open %1, from before', row.reduction)}
              command={Commands.open}
              args={{ name: row.reduction }}
            />
          )}
        </td>
      </tr>
    );
  }

  private readonly follower: TrialFollower;
  private readonly commands: CommandRegistry;
  private readonly trans: TranslationBundle;
}

interface IOpener {
  commands: CommandRegistry;
  label: string;
  title: string;
  command: string;
  args: ReadonlyPartialJSONObject;
}

/** A button that opens something; none where there is no command for it. */
function Opener({ commands, label, title, command, args }: IOpener): React.JSX.Element | null {
  return commands.hasCommand(command) ? (
    <button
      className="jp-mod-styled jp-mod-minimal nbreduce-Button"
      title={title}
      aria-label={title}
      onClick={() => void commands.execute(command, args)}
    >
      {label}
    </button>
  ) : null;
}

interface ICancelButton {
  follower: TrialFollower;
  trans: TranslationBundle;
}

function CancelButton({ follower, trans }: ICancelButton): React.JSX.Element {
  const [words, setWords] = React.useState('');
  const cancel = (): void => {
    setWords(trans.__('Cancelling…'));
    follower.cancel().catch((error: unknown) => setWords(wordsOf(error)));
  };
  return (
    <>
      <button className="jp-mod-styled nbreduce-Button" onClick={cancel}>
        {trans.__('Cancel')}
      </button>
      <span role="status">{words}</span>
    </>
  );
}
