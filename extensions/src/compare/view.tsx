import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { VDomRenderer } from '@jupyterlab/ui-components';
import * as React from 'react';

import { hasEnded } from '../words/states.ts';
import { Cells, CellsChoice } from './cells.tsx';
import { Curves } from './curves.tsx';
import type { Asked, CompareModel } from './model.ts';
import { trialIn } from './names.ts';
import { DifferenceTable } from './table.tsx';
import { leftOutWords, MOST } from './words.ts';

/** What a comparison asks of the rest of JupyterLab. */
export interface ICompareServices {
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
  open(name: string): void;
  /** Ask for reductions to be compared with one, other than those that are taken. */
  choose(name: string, taken: readonly string[]): Promise<string[]>;
}

/** Reductions side by side. */
export class CompareView extends VDomRenderer<CompareModel> {
  constructor(model: CompareModel, services: ICompareServices) {
    super(model);
    this._services = services;
    this.addClass('nbreduce-Compare');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', services.trans.__('Comparison of reductions'));
  }

  override dispose(): void {
    const model = this.isDisposed ? null : this.model;
    super.dispose();
    model?.dispose();
  }

  protected override render(): React.ReactElement {
    const { comparison, leftOut } = this.model;
    const { trans } = this._services;
    if (comparison.state === 'failed') {
      return this._failed(comparison.words);
    }
    if (comparison.state === 'waiting') {
      return <p className="nbreduce-Compare-empty">{trans.__('Comparing %1…', this._named())}</p>;
    }
    const { sentence, sections, notes } = comparison.value;
    return (
      <>
        <header className="nbreduce-Compare-head">
          <p className="nbreduce-Compare-sentence" role="status">
            {sentence}
          </p>
          {this._addButton()}
        </header>
        {leftOut.length > 0 && (
          <p className="nbreduce-Notice nbreduce-Notice-warning" role="status">
            {leftOutWords(leftOut, trans)}
          </p>
        )}
        <div className="nbreduce-Compare-body">
          <section aria-label={trans.__('What differs')}>
            {this._table()}
            {sections.length === 0 && (
              <p className="nbreduce-Compare-empty">{trans.__('Nothing differs.')}</p>
            )}
            {notes.length > 0 && (
              <ul className="nbreduce-Compare-notes" aria-label={trans.__('Notes')}>
                {notes.map(note => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            )}
          </section>
          <section aria-label={trans.__('Curves')}>{this._curves()}</section>
        </div>
        <section className="nbreduce-Compare-cells" aria-label={trans.__('Cells that differ')}>
          <h2>{trans.__('Cells that differ')}</h2>
          {this._cells()}
        </section>
      </>
    );
  }

  private _table(): React.ReactElement | null {
    const { comparison } = this.model;
    const { open, trans } = this._services;
    const actions = {
      open,
      setReference: (name: string) => this.model.setReference(name),
      remove: (name: string) => this.model.remove(name)
    };
    return comparison.state === 'there' ? (
      <DifferenceTable comparison={comparison.value} actions={actions} trans={trans} />
    ) : null;
  }

  private _curves(): React.ReactElement {
    const { comparison, plots } = this.model;
    const { rendermime, trans } = this._services;
    return this._whenThere(plots, trans.__('Drawing the curves…'), found =>
      comparison.state === 'there' ? (
        <Curves comparison={comparison.value} plots={found} rendermime={rendermime} trans={trans} />
      ) : (
        <></>
      )
    );
  }

  private _cells(): React.ReactElement {
    const { comparison, cells, cellsOf, names } = this.model;
    const { trans } = this._services;
    const compared = comparison.state === 'there' ? comparison.value.reductions : [];
    const pair = compared.filter(one => [names[0], cellsOf].includes(one.name));
    const goOn = pair.some(one => !hasEnded(one.state));
    const choose = (name: string): void => {
      this.model.cellsOf = name;
    };
    return (
      <>
        <CellsChoice others={compared.slice(1)} chosen={cellsOf} choose={choose} trans={trans} />
        {goOn ? (
          <p className="nbreduce-Compare-empty">
            {trans.__('Cells are compared when the reductions have ended; they appear here by themselves.')}
          </p>
        ) : (
          this._whenThere(cells, trans.__('Comparing the cells…'), found => (
            <Cells cells={found} compared={compared} trans={trans} />
          ))
        )}
      </>
    );
  }

  private _addButton(): React.ReactElement | null {
    const { names } = this.model;
    const { choose, trans } = this._services;
    // What a trial gave is no reduction, of which there are others like it.
    const like = names.find(name => trialIn(name) === null) ?? names[0]!;
    const add = async (): Promise<void> => this.model.add(await choose(like, names));
    return names.length < MOST ? (
      <button type="button" className="jp-mod-styled jp-mod-minimal" onClick={() => void add()}>
        {trans.__('Add a reduction…')}
      </button>
    ) : null;
  }

  private _failed(words: string): React.ReactElement {
    const { trans } = this._services;
    return (
      <div className="nbreduce-Notice nbreduce-Notice-error" role="alert">
        <p>{trans.__('%1 cannot be compared: %2', this._named(), words)}</p>
        {this._againButton()}
      </div>
    );
  }

  private _whenThere<T>(
    asked: Asked<T>,
    waiting: string,
    show: (value: T) => React.ReactElement
  ): React.ReactElement {
    switch (asked.state) {
      case 'there':
        return show(asked.value);
      case 'waiting':
        return <p className="nbreduce-Compare-empty">{waiting}</p>;
      case 'failed':
        return (
          <div className="nbreduce-Notice nbreduce-Notice-warning" role="alert">
            <p>{asked.words}</p>
            {this._againButton()}
          </div>
        );
    }
  }

  private _againButton(): React.ReactElement {
    return (
      <button type="button" className="jp-mod-styled" onClick={() => void this.model.retry()}>
        {this._services.trans.__('Try again')}
      </button>
    );
  }

  private _named(): string {
    return this.model.names.join(', ');
  }

  private readonly _services: ICompareServices;
}
