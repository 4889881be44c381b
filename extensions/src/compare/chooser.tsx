import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Debouncer } from '@lumino/polling';
import * as React from 'react';

import { type Api, pathOf, wordsOf } from '../api/client.ts';
import type { ReductionAnswer, RunPage } from '../api/types.ts';
import { Latest } from '../latest.ts';
import { stateWord } from '../words/states.ts';
import { when } from '../words/times.ts';
import { candidates, type ICandidate, type ICandidates } from './candidates.ts';

const SHOWN = 50;
const TYPING = 200;

/** Ask which reductions to compare with one; an empty list where the reader does not want to. */
export async function chooseReductions(
  api: Api,
  name: string,
  taken: readonly string[],
  trans: TranslationBundle
): Promise<string[]> {
  const body = new Chooser(api, name, taken, trans);
  const dialog = new Dialog<string[]>({
    title: trans.__('Compare %1 with…', name),
    body,
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Compare') })],
    focusNodeSelector: 'input[type="search"]'
  });
  const { button, value } = await dialog.launch();
  return button.accept ? (value ?? []) : [];
}

class Chooser extends ReactWidget implements Dialog.IBodyWidget<string[]> {
  constructor(api: Api, name: string, taken: readonly string[], trans: TranslationBundle) {
    super();
    this.addClass('nbreduce-Chooser');
    this._api = api;
    this._name = name;
    this._taken = taken;
    this._trans = trans;
    this._search = new Debouncer(() => this._load(), TYPING);
    void this._load();
  }

  getValue(): string[] {
    return [...this._chosen];
  }

  override dispose(): void {
    this._search.dispose();
    super.dispose();
  }

  protected render(): React.ReactElement {
    const trans = this._trans;
    return (
      <>
        <input
          type="search"
          className="jp-mod-styled"
          placeholder={trans.__('Search runs by number, title or experiment')}
          aria-label={trans.__('Search runs by number, title or experiment')}
          onChange={event => {
            this._text = event.target.value;
            void this._search.invoke();
          }}
        />
        {this._list()}
      </>
    );
  }

  private _list(): React.ReactElement {
    const trans = this._trans;
    if (this._problem !== '') {
      return <p role="alert">{this._problem}</p>;
    }
    if (this._found === null) {
      return <p>{trans.__('Looking for reductions…')}</p>;
    }
    const { versions, others } = this._found;
    if (versions.length + others.length === 0) {
      return (
        <p>
          {this._text === ''
            ? trans.__('There is no other reduction by this template yet. Rerun this one with other values first.')
            : trans.__('No run that is reduced by this template matches “%1”.', this._text)}
        </p>
      );
    }
    return (
      <>
        {this._group(trans.__('Other versions of this run'), versions)}
        {this._group(trans.__('Other runs, by the same template'), others)}
      </>
    );
  }

  private _group(title: string, found: ICandidate[]): React.ReactElement | null {
    return found.length === 0 ? null : (
      <fieldset>
        <legend>{title}</legend>
        {found.map(one => this._choice(one))}
      </fieldset>
    );
  }

  private _choice({ name, line, run }: ICandidate): React.ReactElement {
    const { sign, word } = stateWord(line.state, this._trans);
    return (
      <label key={name}>
        <input
          type="checkbox"
          checked={this._chosen.has(name)}
          onChange={event => {
            if (event.target.checked) {
              this._chosen.add(name);
            } else {
              this._chosen.delete(name);
            }
            this.update();
          }}
        />
        <span className="nbreduce-Chooser-name">
          {run.name} v{line.version}
        </span>
        <span className="nbreduce-Chooser-title">{run.title || this._trans.__('(no title)')}</span>
        <span>
          {sign} {word} {when(line.ended ?? line.queued, new Date())}
        </span>
      </label>
    );
  }

  private async _load(): Promise<void> {
    await this._latest.ask(
      () => this._look(),
      found => {
        this._found = found;
        this._problem = '';
      },
      error => {
        this._problem = wordsOf(error);
      }
    );
    this.update();
  }

  private async _look(): Promise<ICandidates> {
    this._of ??= await this._api.get<ReductionAnswer>(pathOf('reductions', this._name));
    const { run, reduction } = this._of;
    const query = { instrument: run.instrument, template: reduction.template, limit: SHOWN };
    const near = this._text === '' ? { experiment: run.experiment } : { search: this._text };
    const page = await this._api.get<RunPage>('runs', { ...query, ...near });
    return candidates(this._of, page.runs, [this._name, ...this._taken]);
  }

  private readonly _api: Api;
  private readonly _name: string;
  private readonly _taken: readonly string[];
  private readonly _trans: TranslationBundle;
  private readonly _search: Debouncer;
  private readonly _chosen = new Set<string>();
  private _of: ReductionAnswer | null = null;
  private _found: ICandidates | null = null;
  private _problem = '';
  private _text = '';
  private readonly _latest = new Latest();
}
