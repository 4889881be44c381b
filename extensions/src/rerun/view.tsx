import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { PlannedParameter, RerunPlan } from '../api/types.ts';
import { stateWord } from '../words/states.ts';
import { type IStanding, isOver } from './follow.ts';
import { type IBeside, ParameterForm, wrongNames } from './form.tsx';
import type { RerunModel } from './model.ts';
import { formSchema } from './schema.ts';
import { advanced, isChanged, resetValue, same, settable, summary, versionOf } from './values.ts';

export interface IRerunActions {
  close(): void;
  open(name: string): void;
  again(name: string): void;
  trans: TranslationBundle;
}

/** A rerun: first its form, then how it stands. */
export function RerunView(props: { model: RerunModel } & IRerunActions): React.JSX.Element {
  return <UseSignal signal={props.model.changed}>{() => <Rerun {...props} />}</UseSignal>;
}

function Rerun(props: { model: RerunModel } & IRerunActions): React.JSX.Element {
  const { model, trans, close } = props;
  const { plan } = model;
  return (
    <div className="nbreduce-Rerun" tabIndex={-1} onKeyDown={event => event.key === 'Escape' && close()}>
      <header>
        <h2>{plan ? trans.__('Rerun %1 %2', plan.instrument, plan.run) : trans.__('Rerun')}</h2>
        <p>{plan ? `${plan.template_title} · ${trans.__('from %1', versionOf(plan.reduction))}` : model.name}</p>
      </header>
      {model.error && <Problem {...props} />}
      {plan === null && model.error === null && (
        <p role="status">{trans.__('Reading the template and the values of %1…', model.name)}</p>
      )}
      {plan !== null && model.follower === null && <Editor {...props} plan={plan} />}
      {model.follower !== null && (
        <UseSignal signal={model.follower.changed}>
          {() => <Standing {...props} standing={model.follower!.standing} />}
        </UseSignal>
      )}
    </div>
  );
}

function Problem({ model, trans }: { model: RerunModel } & IRerunActions): React.JSX.Element {
  return (
    <div className="nbreduce-Notice nbreduce-Notice-error" role="alert">
      {model.error!.words}
      {model.plan === null && (
        <p>
          <button className="jp-mod-styled" onClick={() => void model.withoutCells()}>
            {trans.__('Begin with the values of %1', versionOf(model.name))}
          </button>
        </p>
      )}
    </div>
  );
}

function Editor(props: { model: RerunModel; plan: RerunPlan } & IRerunActions): React.JSX.Element {
  const { model, plan, trans, close } = props;
  const fields = settable(plan);
  const byName = new Map(fields.map(one => [one.name, one]));
  const schema = React.useMemo(() => formSchema(fields), [plan.template_sha256]);
  const folded = React.useMemo(() => advanced(plan), [plan.template_sha256]);
  const ready = model.ready && wrongNames(schema, model.values).size === 0;
  const element = React.useRef<HTMLFormElement>(null);
  React.useEffect(() => focusFirst(element.current), []);
  return (
    <form
      ref={element}
      aria-label={trans.__('Values of the rerun')}
      noValidate
      onSubmit={event => {
        event.preventDefault();
        if (ready) {
          void model.submit();
        }
      }}
    >
      {fields.length === 0 && <p>{trans.__('This template has no parameters to set.')}</p>}
      <ParameterForm
        fields={fields}
        values={model.values}
        folded={folded}
        disabled={model.filing}
        beside={(name, value) => beside(byName.get(name), value)}
        onChange={values => model.change(values)}
        onReset={name => model.set(name, resetValue(byName.get(name)!))}
        trans={trans}
      />
      {plan.problems
        .filter(one => !byName.has(one.where))
        .map(one => (
          <div key={one.where} className="nbreduce-Notice nbreduce-Notice-error" role="alert">
            {one.message}
          </div>
        ))}
      {plan.warnings.map(words => (
        <div key={words} className="nbreduce-Notice nbreduce-Notice-warning" role="status">
          {words}
        </div>
      ))}
      <footer>
        <p className="nbreduce-Rerun-summary" role="status">
          {summary(plan, model.values, trans)}
        </p>
        <button type="submit" className="jp-mod-styled jp-mod-accept" disabled={!ready}>
          {model.filing ? trans.__('Asking…') : trans.__('Run as v%1', plan.version)}
        </button>
        <button type="button" className="jp-mod-styled jp-mod-reject" onClick={close}>
          {trans.__('Close')}
        </button>
      </footer>
    </form>
  );
}

function beside(parameter: PlannedParameter | undefined, value: unknown): IBeside {
  if (parameter === undefined) {
    return {};
  }
  const was = isChanged(parameter, value) ? resetValue(parameter) : undefined;
  // What the server said of an earlier value says nothing of this one.
  return { was, problem: same(value ?? null, parameter.value) ? parameter.problem : null };
}

function focusFirst(element: HTMLElement | null): void {
  element?.querySelector<HTMLElement>('input, select')?.focus({ preventScroll: true });
}

function Standing(props: { standing: IStanding } & IRerunActions): React.JSX.Element {
  const { standing, trans, open, again, close } = props;
  const name = standing.name;
  return (
    <div className="nbreduce-Rerun-standing">
      <p role="status">{standingWords(standing, trans)}</p>
      {standing.reason && <p className="nbreduce-Rerun-reason">{standing.reason}</p>}
      {name !== null && (
        <button className="jp-mod-styled jp-mod-accept" onClick={() => open(name)}>
          {isOver(standing) ? trans.__('Open %1', versionOf(name)) : trans.__('Watch %1', versionOf(name))}
        </button>
      )}
      {name !== null && isOver(standing) && (
        <button className="jp-mod-styled" onClick={() => again(name)}>
          {trans.__('Change more values…')}
        </button>
      )}
      <button className="jp-mod-styled jp-mod-reject" onClick={close}>
        {trans.__('Close')}
      </button>
    </div>
  );
}

function standingWords(standing: IStanding, trans: TranslationBundle): string {
  if (standing.state === 'asked') {
    return trans.__('Asked for. Waiting for the service to take it up…');
  }
  if (standing.state === 'refused') {
    return trans.__('The service refused it.');
  }
  const { sign, word } = stateWord(standing.state, trans);
  const words = `${sign} ${standing.name} ${word}`;
  return standing.progress && !isOver(standing)
    ? trans.__('%1: cell %2 of %3', words, standing.progress.cell, standing.progress.cells)
    : words;
}
