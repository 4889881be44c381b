import type { TranslationBundle } from '@jupyterlab/translation';
import { FormComponent } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type {
  FieldProps,
  FieldTemplateProps,
  ObjectFieldTemplateProps,
  RJSFSchema,
  RJSFValidationError
} from '@rjsf/utils';
import { customizeValidator } from '@rjsf/validator-ajv8';
import * as React from 'react';

import { describe, type Field, formSchema, kindOf, limitWords, type Schema, uiSchema, unitSign } from './schema.ts';
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
}

/** Whether a form's values are allowed, as far as the schema tells. */
export function isValid(schema: Schema, values: Values): boolean {
  return validator.validateFormData(values as ReadonlyJSONObject, schema as RJSFSchema).errors.length === 0;
}

/** A form of parameters: name, value, unit, help, limits; what was changed is marked and can be reset. */
export function ParameterForm(props: IFormProps): React.JSX.Element {
  const { fields, partial = false } = props;
  const names = fields.map(field => field.name).join();
  const [schema, ui] = React.useMemo(
    () => [formSchema(fields, partial) as RJSFSchema, uiSchema(fields, partial)],
    [names, partial]
  );
  const context: IContext = { ...props, byName: new Map(fields.map(field => [field.name, field])) };
  return (
    <FormComponent
      schema={schema}
      uiSchema={ui}
      validator={validator}
      formData={props.values as ReadonlyJSONObject}
      formContext={context}
      disabled={props.disabled}
      liveValidate
      showErrorList={false}
      noHtml5Validate
      tagName="div"
      fields={{ literal: LiteralField } as never}
      templates={{ FieldTemplate, ObjectFieldTemplate } as never}
      transformErrors={errors => inWords(errors, context)}
      onChange={({ formData }) => props.onChange((formData ?? {}) as Values)}
    />
  );
}

/** One sentence for each value, the same as the server would say. */
function inWords(errors: RJSFValidationError[], { byName, trans }: IContext): RJSFValidationError[] {
  return errors.map(error => {
    const name = (error.property ?? '').replace(/^\./, '').split(/[.[]/)[0];
    const field = byName.get(name);
    return field ? { ...error, message: trans.__('must be %1', describe(field.schema, trans)) } : error;
  });
}

function FieldTemplate(props: FieldTemplateProps): React.JSX.Element {
  const { id, children, rawErrors } = props;
  const context = props.formContext as IContext;
  const field = context.byName.get(id.replace(/^root_/, ''));
  if (field === undefined) {
    return <>{children}</>;
  }
  const { trans } = context;
  const value = context.values[field.name];
  const beside = context.beside(field.name, value);
  const problem = rawErrors?.[0] ?? beside.problem;
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
  const { folded, trans } = props.formContext as IContext;
  const isFolded = (one: { name: string }): boolean => folded?.has(one.name) ?? false;
  const later = props.properties.filter(isFolded);
  return (
    <>
      {props.properties.filter(one => !isFolded(one)).map(one => one.content)}
      {later.length > 0 && (
        <details className="nbreduce-Form-advanced">
          <summary>{trans.__('advanced (%1)', later.length)}</summary>
          {later.map(one => one.content)}
        </details>
      )}
    </>
  );
}

/** A list, or a value of any kind, typed as a text. */
function LiteralField({ formData, onChange, idSchema, disabled }: FieldProps): React.JSX.Element {
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
