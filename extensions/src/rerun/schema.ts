import type { TranslationBundle } from '@jupyterlab/translation';

import type { PlannedParameter } from '../api/types.ts';

export type Schema = Record<string, unknown>;

/** A parameter, as far as a form for it needs it. */
export type Field = Pick<PlannedParameter, 'name' | 'schema' | 'help' | 'unit' | 'supplied'>;

/** How a value is entered: `literal` is a text that holds a list, or any value, as Python writes it. */
export type Kind = 'check' | 'choice' | 'list' | 'literal' | 'number' | 'text';

/** Up to so many options are all in view. */
const SHORT = 4;

export function kindOf(schema: Schema): Kind {
  const { options } = split(schema);
  if (options.length !== 1) {
    return 'literal';
  }
  const [only] = options;
  if (Array.isArray(only.enum)) {
    return only.enum.length > SHORT ? 'list' : 'choice';
  }
  switch (only.type) {
    case 'boolean':
      return 'check';
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
      return 'text';
    default:
      return 'literal';
  }
}

export function isNullable(schema: Schema): boolean {
  return split(schema).nullable;
}

/**
 * The JSON Schema of a form.
 *
 * In the draft that the form library reads, and without what it would take for its own: defaults, since the values in
 * the form are those of the plan, and formats that it does not know. `partial` asks for no value.
 */
export function formSchema(fields: readonly Field[], partial = false): Schema {
  const settable = fields.filter(field => !field.supplied);
  return {
    type: 'object',
    properties: Object.fromEntries(settable.map(field => [field.name, valueSchema(field, partial)])),
    required: partial ? [] : settable.filter(field => !takesNothing(field)).map(field => field.name)
  };
}

/** How each value is entered, in the form library's words; `leftOut` stands where a value may be left out, and is. */
export function uiSchema(fields: readonly Field[], partial = false, leftOut = ''): Schema {
  const hint = partial ? { 'ui:placeholder': leftOut } : {};
  const entries = fields.map(field => [field.name, { ...entry(field, partial), ...hint }] as const);
  return { 'ui:order': [...fields.filter(field => !field.supplied).map(field => field.name), '*'], ...Object.fromEntries(entries) };
}

function valueSchema(field: Field, partial: boolean): Schema {
  const { options, nullable } = split(field.schema);
  const title = (field.schema.title as string | undefined) ?? field.name;
  if (partial && kindOf(field.schema) === 'check') {
    return { title, enum: [true, false] };
  }
  if (options.length !== 1) {
    const { anyOf } = field.schema as { anyOf?: Schema[] };
    return anyOf ? { title, anyOf: anyOf.map(older) } : { title };
  }
  const only = older(options[0]);
  return nullable && typeof only.type === 'string' ? { ...only, title, type: [only.type, 'null'] } : { ...only, title };
}

/** A schema of draft 2020-12 in the words of draft 07. */
function older(schema: Schema): Schema {
  const { prefixItems, items, format: _format, title: _title, default: _default, ...rest } = schema;
  if (Array.isArray(prefixItems)) {
    return { ...rest, items: prefixItems.map(item => older(item as Schema)), additionalItems: false };
  }
  return items ? { ...rest, items: older(items as Schema) } : rest;
}

function entry(field: Field, partial: boolean): Schema {
  switch (kindOf(field.schema)) {
    case 'literal':
      return { 'ui:field': 'literal' };
    case 'choice':
      return partial ? { 'ui:widget': 'select' } : { 'ui:widget': 'radio' };
    case 'list':
      return { 'ui:widget': 'select' };
    case 'check':
      return { 'ui:widget': partial ? 'select' : 'checkbox', 'ui:label': false };
    default:
      return partial ? {} : { 'ui:emptyValue': emptyValue(field) };
  }
}

function emptyValue(field: Field): null | '' | undefined {
  if (isNullable(field.schema)) {
    return null;
  }
  return kindOf(field.schema) === 'text' ? '' : undefined;
}

function takesNothing(field: Field): boolean {
  return kindOf(field.schema) === 'literal' && split(field.schema).options.length === 0;
}

function split(schema: Schema): { options: Schema[]; nullable: boolean } {
  const { anyOf, title, description, unit, group, ...own } = schema as { anyOf?: Schema[] } & Schema;
  const all = anyOf ?? (Object.keys(own).length > 0 ? [schema] : []);
  const options = all.filter(option => option.type !== 'null');
  return { options, nullable: options.length < all.length };
}

/** What a schema takes, in words: `a number > 0 and ≤ 10`. */
export function describe(schema: Schema, trans: TranslationBundle): string {
  if (Array.isArray(schema.anyOf)) {
    return schema.anyOf.map(option => describe(option as Schema, trans)).join(` ${trans.__('or')} `);
  }
  if (Array.isArray(schema.enum)) {
    return trans.__('one of %1', schema.enum.map(String).join(', '));
  }
  const limits = limitWords(schema, trans);
  return limits ? `${typeWord(schema, trans)} ${limits}` : typeWord(schema, trans);
}

/** Limits of a number or a text, in words; empty where it has none. */
export function limitWords(schema: Schema, trans: TranslationBundle): string {
  if (Array.isArray(schema.prefixItems)) {
    return '';
  }
  const found = Object.entries(LIMITS)
    .filter(([key]) => schema[key] !== undefined)
    .map(([key, words]) => words(trans, String(schema[key])));
  return found.join(` ${trans.__('and')} `);
}

// Each sentence is a literal, so that translators are given it.
const LIMITS: Record<string, (trans: TranslationBundle, limit: string) => string> = {
  exclusiveMinimum: (trans, limit) => trans.__('> %1', limit),
  minimum: (trans, limit) => trans.__('≥ %1', limit),
  exclusiveMaximum: (trans, limit) => trans.__('< %1', limit),
  maximum: (trans, limit) => trans.__('≤ %1', limit),
  minLength: (trans, limit) => trans.__('of at least %1 characters', limit),
  maxLength: (trans, limit) => trans.__('of at most %1 characters', limit),
  minItems: (trans, limit) => trans.__('of at least %1 elements', limit),
  maxItems: (trans, limit) => trans.__('of at most %1 elements', limit),
  pattern: (trans, limit) => trans.__('matching %1', limit),
  multipleOf: (trans, limit) => trans.__('a multiple of %1', limit)
};

function typeWord(schema: Schema, trans: TranslationBundle): string {
  switch (schema.type) {
    case 'boolean':
      return trans.__('true or false');
    case 'integer':
      return trans.__('a whole number');
    case 'number':
      return trans.__('a number');
    case 'string':
      return schema.format === 'path' ? trans.__('a path') : trans.__('a text');
    case 'null':
      return trans.__('nothing (null)');
    case 'array':
      return listWord(schema, trans);
    default:
      return trans.__('any value');
  }
}

function listWord(schema: Schema, trans: TranslationBundle): string {
  if (Array.isArray(schema.prefixItems)) {
    return `[${schema.prefixItems.map(item => describe(item as Schema, trans)).join(', ')}]`;
  }
  return schema.items
    ? trans.__('a list, as in [a, b], of which each is %1', describe(schema.items as Schema, trans))
    : trans.__('a list, as in [a, b]');
}

const SIGNS: [RegExp, string][] = [
  [/\bangstrom\b/g, 'Å'],
  [/\bdeg(?:rees?)?\b/g, '°'],
  [/\b(?:us|microseconds?)\b/g, 'µs']
];

/** A unit as people write it. */
export function unitSign(unit: string): string {
  return SIGNS.reduce((text, [name, sign]) => text.replace(name, sign), unit);
}
