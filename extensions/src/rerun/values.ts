import type { TranslationBundle } from '@jupyterlab/translation';

import type { PlannedParameter, RerunPlan } from '../api/types.ts';
import { isNullable, kindOf } from './schema.ts';

export type Values = Record<string, unknown>;

/** A form of more fields than this hides the less used ones. */
const MANY = 8;
const ALWAYS = 6;

/** What stands in the form at first: the values that would be used. */
export function valuesOf(plan: RerunPlan): Values {
  return Object.fromEntries(settable(plan).map(one => [one.name, one.value]));
}

/** Which values are other than they would be if nothing were changed; a field that was emptied counts. */
export function changesOf(plan: RerunPlan, values: Values): Values {
  const given = settable(plan).map(one => [one, entered(one, values[one.name])] as const);
  return Object.fromEntries(
    given.filter(([one, value]) => !same(value, one.otherwise)).map(([one, value]) => [one.name, value])
  );
}

/** The value that resetting a field gives: what the reduction used; where it had none, what would be used now. */
export function resetValue(parameter: PlannedParameter): unknown {
  return parameter.before_source === null ? parameter.otherwise : parameter.before;
}

/** Whether a value is another one than the reduction used. */
export function isChanged(parameter: PlannedParameter, value: unknown): boolean {
  return !same(entered(parameter, value), resetValue(parameter));
}

/** Names of the fields that are folded away: of many, the later ones that stand at the template's default. */
export function advanced(plan: RerunPlan): Set<string> {
  const all = settable(plan);
  if (all.length <= MANY) {
    return new Set();
  }
  const later = all.slice(ALWAYS).filter(one => one.problem === null && same(one.value, one.default));
  return new Set(later.filter(one => same(one.otherwise, one.default)).map(one => one.name));
}

/** What a rerun changes, in one line. */
export function summary(plan: RerunPlan, values: Values, trans: TranslationBundle): string {
  const count = settable(plan).filter(one => isChanged(one, values[one.name])).length;
  const changed =
    count === 0 ? trans.__('changes no value') : trans._n('changes %1 value', 'changes %1 values', count);
  const from = versionOf(plan.reduction);
  const template = plan.template_changed ? trans.__('template changed since %1', from) : trans.__('template is the same');
  return [changed, environmentWords(plan, trans), template].join(' · ');
}

function environmentWords(plan: RerunPlan, trans: TranslationBundle): string {
  switch (plan.environment_state) {
    case 'same':
      return trans.__('environment %1 (same)', plan.environment);
    case 'changed':
      return trans.__('environment %1 (changed since)', plan.environment);
    default:
      return trans.__('environment %1', plan.environment);
  }
}

/** `v2` of the name of a reduction. */
export function versionOf(name: string): string {
  return name.slice(name.lastIndexOf('-') + 1);
}

/** A value as a person reads it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    return value === '' ? '""' : value;
  }
  return value === null || value === undefined ? '–' : JSON.stringify(value);
}

/** Read a list, or any value, as it was typed; what is none is taken as a text, which the schema then judges. */
export function readLiteral(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') {
    return null;
  }
  const json = trimmed
    .replace(/^\((.*)\)$/s, '[$1]')
    .replace(/,\s*\]$/, ']')
    .replace(/^None$/, 'null')
    .replace(/^True$/, 'true')
    .replace(/^False$/, 'false');
  try {
    return JSON.parse(json);
  } catch {
    return text;
  }
}

export function writeLiteral(value: unknown): string {
  return typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);
}

export function settable(plan: RerunPlan): PlannedParameter[] {
  return plan.parameters.filter(one => !one.supplied);
}

/** What an emptied field holds: a browser gives nothing at all. */
function entered(parameter: PlannedParameter, value: unknown): unknown {
  if (value !== undefined) {
    return value;
  }
  return kindOf(parameter.schema) === 'text' && !isNullable(parameter.schema) ? '' : null;
}

/** Whether two values are the same, as JSON. */
export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
