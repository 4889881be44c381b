import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { BulkPlan, BulkState } from '../api/types.ts';
import { ParameterForm, wrongNames } from './form.tsx';
import type { ManyModel } from './manyModel.ts';
import { changeWords, doneCount, isDone, planWords, stateWords } from './manyWords.ts';
import { type Field, formSchema } from './schema.ts';

interface IProps {
  model: ManyModel;
  trans: TranslationBundle;
}

/** Many reruns: which, with which values, what that would make, and then how they go. */
export class ManyView extends ReactWidget {
  constructor(model: ManyModel, trans: TranslationBundle) {
    super();
    this.addClass('nbreduce-ManyPanel');
    this._model = model;
    this._trans = trans;
  }

  override dispose(): void {
    this._model.dispose();
    super.dispose();
  }

  protected override render(): React.JSX.Element {
    const props = { model: this._model, trans: this._trans };
    return <UseSignal signal={this._model.changed}>{() => <Many {...props} />}</UseSignal>;
  }

  private readonly _model: ManyModel;
  private readonly _trans: TranslationBundle;
}

function Many({ model, trans }: IProps): React.JSX.Element {
  const { plan, state, fields } = model;
  const schema = React.useMemo(() => formSchema(fields ?? [], true), [fields]);
  const hasTemplates = Object.keys(plan?.templates ?? {}).length > 0;
  const ready = model.ready && wrongNames(schema, model.values).size === 0;
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    if (ready) {
      void model.submit();
    }
  };
  return (
    <form className="nbreduce-Many" noValidate aria-label={trans.__('Rerun many')} onSubmit={submit}>
      <h2>{trans.__('Rerun many')}</h2>
      <fieldset disabled={state !== null || model.filing}>
        <legend>{trans.__('Which')}</legend>
        {model.choice.names.length > 0 ? <Names model={model} trans={trans} /> : <Range model={model} trans={trans} />}
      </fieldset>
      {hasTemplates && state === null && <Changed model={model} fields={fields} trans={trans} />}
      {model.error && (
        <div className="nbreduce-Notice nbreduce-Notice-error" role="alert">
          {model.error.words}
        </div>
      )}
      {state === null && (
        <p role="status">{model.checking ? trans.__('Looking which reductions these are…') : hint(model, trans)}</p>
      )}
      {plan !== null && state === null && (
        <button type="submit" className="jp-mod-styled jp-mod-accept" disabled={!ready}>
          {model.filing ? trans.__('Asking…') : trans._n('Rerun %1 run', 'Rerun %1 runs', plan.reruns)}
        </button>
      )}
      {state !== null && <Progress state={state} trans={trans} />}
      {plan !== null && <Preview plan={plan} trans={trans} />}
    </form>
  );
}

function hint({ plan, error }: ManyModel, trans: TranslationBundle): string {
  if (plan !== null) {
    return planWords(plan, trans).join(' ');
  }
  return error === null ? trans.__('Choose an instrument and type run numbers, as in 241300-241391, 241395.') : '';
}

function Names({ model, trans }: IProps): React.JSX.Element {
  const { names } = model.choice;
  const shown = names.slice(0, 5).join(', ');
  return (
    <p>
      {trans._n('%1 reduction: ', '%1 reductions: ', names.length)}
      {names.length > 5 ? trans.__('%1 and %2 more', shown, names.length - 5) : shown}
    </p>
  );
}

function Range({ model, trans }: IProps): React.JSX.Element {
  const { instrument, template, runs } = model.choice;
  const templates = model.instruments.find(one => one.key === instrument)?.templates ?? [];
  return (
    <div className="nbreduce-Many-choice">
      <label>
        {trans.__('Instrument')}
        <select value={instrument} onChange={event => model.choose({ instrument: event.target.value })}>
          <option value="">{trans.__('choose…')}</option>
          {model.instruments.map(one => (
            <option key={one.key}>{one.key}</option>
          ))}
        </select>
      </label>
      <label>
        {trans.__('Template')}
        <select value={template} onChange={event => model.choose({ template: event.target.value })}>
          <option value="">{trans.__('all')}</option>
          {templates.map(one => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <label className="nbreduce-mod-wide">
        {trans.__('Runs')}
        <input
          type="text"
          value={runs}
          placeholder="241300-241391, 241395"
          onChange={event => model.choose({ runs: event.target.value })}
        />
      </label>
    </div>
  );
}

function Changed({ model, fields, trans }: IProps & { fields: Field[] | null }): React.JSX.Element {
  if (fields === null) {
    return (
      <p>{trans.__('These are by more than one template: each is rerun with its own values. Choose one template to change some.')}</p>
    );
  }
  return (
    <fieldset disabled={model.filing}>
      <legend>{trans.__('Values to change; all others stay as they were')}</legend>
      <ParameterForm
        fields={fields}
        values={model.values}
        partial
        beside={(_, value) => (value === undefined ? {} : { was: null, source: trans.__('changed') })}
        onChange={values => model.change(values)}
        onReset={name => model.change({ ...model.values, [name]: undefined })}
        trans={trans}
      />
    </fieldset>
  );
}

function Progress({ state, trans }: { state: BulkState; trans: TranslationBundle }): React.JSX.Element {
  return (
    <div className="nbreduce-Many-progress">
      <p role="status">{stateWords(state, trans)}</p>
      <progress
        aria-label={trans.__('Reruns that are done')}
        max={state.total}
        value={doneCount(state)}
        hidden={isDone(state)}
      />
      {Object.entries(state.refused).map(([words, count]) => (
        <p key={words} className="nbreduce-Notice nbreduce-Notice-error">
          {`${count} × ${words}`}
        </p>
      ))}
    </div>
  );
}

function Preview({ plan, trans }: { plan: BulkPlan; trans: TranslationBundle }): React.JSX.Element {
  const more = plan.total - plan.lines.length;
  return (
    <>
      <table className="nbreduce-Many-lines">
        <thead>
          <tr>
            {[trans.__('Run'), trans.__('From'), trans.__('To'), trans.__('What changes, or why not')].map(one => (
              <th key={one} scope="col">
                {one}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {plan.lines.map(line => (
            <tr key={line.reduction ?? line.run} className={line.problem ? 'nbreduce-mod-problem' : ''}>
              <td>{line.run}</td>
              <td>{line.reduction ?? ''}</td>
              <td>{line.new_version ? `v${line.new_version}` : ''}</td>
              <td>{line.problem ?? (changeWords(line) || trans.__('nothing'))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p>{trans.__('… and %1 more', more)}</p>}
    </>
  );
}
