import type { TranslationBundle } from '@jupyterlab/translation';
import { FormComponent } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type {
  FieldProps,
  FieldTemplateProps,
  ObjectFieldTemplateProps,
  RJSFSchema
} from '@rjsf/utils';
import { customizeValidator } from '@rjsf/validator-ajv8';
import * as React from 'react';

import { describe, type Field, formSchema, kindOf, limitWords, type Schema, uiSchema as uiSchemaOf, unitSign } from './schema.ts';
import { readLiteral, shown, type Values, writeLiteral } from './values.ts';

const validator = customizeValidator<ReadonlyJSONObject>();

/** What a form shows beside a value. */
export interface IBeside {
  /** What the value was; undefined where it is not changed. */
  was?: unknown;
  /** Why it is not allowed, by the server. */
  problem?: string | null;
  /** Where it comes from, where that is worth telling. */
  source?: string;
}

export interface IFormProps {
  fields: readonly Field[];
  values: Values;
  /** Whether a value may be left out: it then stays what it was. */
  partial?: boolean;
  beside: (name: string, value: unknown) => IBeside;
  folded?: ReadonlySet<string>;
  disabled?: boolean;
  onChange: (values: Values) => void;
  onReset: (name: string) => void;
  trans: TranslationBundle;
}

interface IContext extends IFormProps {
  byName: Map<string, Field>;
  wrong: ReadonlySet<string>;
  prefix: string;
  /** Whether the folded fields are in view. */
  isOpen: boolean;
  onFold: (isOpen: boolean) => void;
}

/** Names of the values that the schema does not take. */
export function wrongNames(schema: Schema, values: Values): Set<string> {
  const { errors } = validator.validateFormData(values as ReadonlyJSONObject, schema as RJSFSchema);
  return new Set(errors.map(error => (error.property ?? '').replace(/^\./, '').split(/[.[]/)[0]));
}

/** A form of parameters: name, value, unit, help, limits; what was changed is marked and can be reset. */
export function ParameterForm(props: IFormProps): React.JSX.Element {
  const { fields, partial = false } = props;
  // By what is in them: the same names may have other limits in another template.
  const known = JSON.stringify(fields.map(field => [field.name, field.schema, field.supplied]));
  const [schema, ui] = React.useMemo(
    () => [formSchema(fields, partial) as RJSFSchema, uiSchemaOf(fields, partial, props.trans.__('as it was'))],
    [known, partial]
  );
  const byName = new Map(fields.map(field => [field.name, field]));
  const prefix = React.useId().replaceAll(':', '');
  const [reset, setReset] = React.useState({ count: 0, name: '' });
  // Kept here, since a reset makes the form anew.
  const [isOpen, onFold] = React.useState(false);
  const element = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => focusField(element.current, reset.name), [reset]);
  const onReset = (name: string): void => {
    props.onReset(name);
    setReset({ count: reset.count + 1, name });
  };
  const wrong = wrongNames(schema, props.values);
  const context: IContext = { ...props, byName, wrong, prefix, isOpen, onFold, onReset };
  return (
    <div ref={element}>
      <FormComponent
        // The form library keeps what was typed, whatever it is told: after a reset it begins anew.
        key={reset.count}
        idPrefix={prefix}
        schema={schema}
        uiSchema={ui}
        validator={validator}
        formData={props.values as ReadonlyJSONObject}
        formContext={context}
        disabled={props.disabled}
        noValidate
        noHtml5Validate
        tagName="div"
        fields={{ literal: LiteralField } as never}
        templates={{ FieldTemplate, ObjectFieldTemplate } as never}
        onChange={({ formData }) => props.onChange((formData ?? {}) as Values)}
      />
    </div>
  );
}

function focusField(form: HTMLElement | null, name: string): void {
  const field = name && form?.querySelector(`[data-parameter="${CSS.escape(name)}"]`);
  if (field) {
    field.querySelector<HTMLElement>('input, select')?.focus();
  }
}

function FieldTemplate(props: FieldTemplateProps): React.JSX.Element {
  const { id, children } = props;
  const context = props.formContext as IContext;
  const field = context.byName.get(id.slice(context.prefix.length + 1));
  if (field === undefined) {
    return <>{children}</>;
  }
  const { trans } = context;
  const value = context.values[field.name];
  const beside = context.beside(field.name, value);
  const problem = context.wrong.has(field.name)
    ? trans.__('must be %1', describe(field.schema, trans))
    : beside.problem;
  const changed = beside.was !== undefined;
  const grouped = kindOf(field.schema) === 'choice' && !context.partial;
  const title = (field.schema.title as string | undefined) ?? field.name;
  const marks = `${changed ? ' nbreduce-mod-changed' : ''}${problem ? ' nbreduce-mod-problem' : ''}`;
  return (
    <div
      className={`nbreduce-Field${marks}`}
      data-parameter={field.name}
      {...(grouped ? { role: 'radiogroup', 'aria-labelledby': `${id}__title` } : {})}
    >
      <div className="nbreduce-Field-line">
        <label id={`${id}__title`} className="nbreduce-Field-name" {...(grouped ? {} : { htmlFor: id })}>
          {title}
        </label>
        <div className="nbreduce-Field-value">{children}</div>
        <span className="nbreduce-Field-unit">{unitSign(field.unit)}</span>
      </div>
      {changed && (
        <div className="nbreduce-Field-was">
          {beside.source ?? trans.__('was %1', `${shown(beside.was)} ${unitSign(field.unit)}`.trim())}
          <button
            type="button"
            className="nbreduce-Field-reset"
            disabled={context.disabled}
            aria-label={trans.__('Reset %1', title)}
            title={trans.__('Reset')}
            onClick={() => context.onReset(field.name)}
          >
            ↺
          </button>
        </div>
      )}
      <div className="nbreduce-Field-help" id={`${id}__help`}>
        {helpWords(field, trans)}
      </div>
      {problem && (
        <div className="nbreduce-Field-problem" role="alert" id={`${id}__error`}>
          {problem}
        </div>
      )}
    </div>
  );
}

function helpWords(field: Field, trans: TranslationBundle): string {
  const kind = kindOf(field.schema);
  const limits = kind === 'literal' ? describe(field.schema, trans) : limitWords(field.schema, trans);
  return field.help && limits ? `${field.help} (${limits})` : field.help || limits;
}

/** The fields in their order, those that are seldom changed folded away. */
function ObjectFieldTemplate(props: ObjectFieldTemplateProps): React.JSX.Element {
  const { folded, isOpen, onFold, trans } = props.formContext as IContext;
  const isFolded = (one: { name: string }): boolean => folded?.has(one.name) ?? false;
  const later = props.properties.filter(isFolded);
  return (
    <>
      {props.properties.filter(one => !isFolded(one)).map(one => one.content)}
      {later.length > 0 && (
        <details
          className="nbreduce-Form-advanced"
          open={isOpen}
          onToggle={event => onFold(event.currentTarget.open)}
        >
          <summary>{trans.__('advanced (%1)', later.length)}</summary>
          {later.map(one => one.content)}
        </details>
      )}
    </>
  );
}

/** A list, or a value of any kind, typed as a text. */
function LiteralField({ formData, onChange, idSchema, uiSchema, disabled }: FieldProps): React.JSX.Element {
  const [text, setText] = React.useState(writeLiteral(formData));
  const known = React.useRef(formData);
  if (JSON.stringify(known.current) !== JSON.stringify(formData)) {
    known.current = formData;
    setText(writeLiteral(formData));
  }
  return (
    <input
      id={idSchema.$id}
      className="form-control"
      type="text"
      value={text}
      placeholder={uiSchema?.['ui:placeholder']}
      disabled={disabled}
      aria-describedby={`${idSchema.$id}__help ${idSchema.$id}__error`}
      onChange={event => {
        known.current = readLiteral(event.target.value);
        setText(event.target.value);
        onChange(known.current);
      }}
    />
  );
}
