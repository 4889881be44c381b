import type { TranslationBundle } from '@jupyterlab/translation';

import type { Agreement, Comparison } from '../api/types.ts';
import { exactly } from '../words/times.ts';

export type Section = Comparison['sections'][number];
export type Row = Section['rows'][number];
export type Entry = NonNullable<Row['entries'][number]>;

const DIGITS = 10;

/** What stands in a cell of the table; `whole` is told where it is more than fits. */
export interface IEntryWords {
  text: string;
  detail: string;
  whole?: string;
}

export function sectionTitle(name: Section['name'], trans: TranslationBundle): string {
  switch (name) {
    case 'run':
      return trans.__('Run');
    case 'parameters':
      return trans.__('Parameters');
    case 'template':
      return trans.__('Template');
    case 'environment':
      return trans.__('Environment');
    case 'inputs':
      return trans.__('Inputs');
    case 'outcome':
      return trans.__('Outcome');
    case 'timings':
      return trans.__('Timings');
  }
}

/** A value with its unit; a digest by its beginning, a time in the reader's zone. */
export function entryWords(row: Row, entry: Entry | null, locale?: string): IEntryWords {
  if (entry === null) {
    return { text: '–', detail: '' };
  }
  const text = valueText(entry.value);
  switch (row.kind) {
    case 'digest':
      return { text: text.slice(0, DIGITS), detail: entry.detail, whole: text };
    case 'time':
      return { text: exactly(text, locale), detail: entry.detail };
    default:
      return { text: row.unit ? `${text} ${row.unit}` : text, detail: entry.detail };
  }
}

function valueText(value: unknown): string {
  if (typeof value === 'string') {
    return value === '' ? '""' : value;
  }
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** The unit in an axis label: `d / Å`, `time (µs)` or `time [µs]`. */
export function unitOf(label: string): string {
  const found = / \/ (.+)$|[[(]([^\])]+)[\])]$/.exec(label);
  return found?.[1] ?? found?.[2] ?? '';
}

/** A number of three digits, as people write it. */
export function number(value: number, digits = 3): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-4)) {
    return value.toExponential(digits - 1).replace('e+', 'e');
  }
  return String(Number(value.toPrecision(digits)));
}

/** A bound as per cent, rounded up to two digits. */
export function percent(fraction: number): string {
  const value = 100 * fraction;
  if (value === 0) {
    return '0 %';
  }
  const step = 10 ** (Math.floor(Math.log10(value)) - 1);
  return `${number(Math.ceil(value / step - 1e-9) * step, 3)} %`;
}

export function withUnit(text: string, unit: string): string {
  return unit === '' ? text : `${text} ${unit}`;
}

/** The numbers of one difference: largest, where, over the maximum, χ² per point; empty where there is none. */
export function agreementNumbers(one: Agreement, xLabel: string, yLabel: string): string[] {
  const { greatest, at } = one;
  if (typeof greatest !== 'number' || typeof at !== 'number') {
    return ['', '', '', '', ''];
  }
  const relative = typeof one.relative === 'number' ? percent(one.relative) : '';
  return [
    withUnit(number(greatest), unitOf(yLabel)),
    withUnit(number(at, 5), unitOf(xLabel)),
    relative,
    typeof one.chi2 === 'number' ? number(one.chi2) : '',
    String(one.points)
  ];
}

/** Put one name first; the order of the others stays. */
export function withReference(names: readonly string[], first: string): string[] {
  return [first, ...names.filter(name => name !== first)];
}

/** More would not be told apart in a plot; the server refuses them too. */
export const MOST = 8;

/** Those that are compared, each once, and those for which there is no room. */
export function roomFor(names: readonly string[]): { taken: string[]; left: string[] } {
  const all = [...new Set(names)];
  return { taken: all.slice(0, MOST), left: all.slice(MOST) };
}

export function leftOutWords(left: readonly string[], trans: TranslationBundle): string {
  return trans.__('Not compared, since %1 at once are the most: %2.', MOST, left.join(', '));
}

/** Whose column comes to stand where a column was taken away. */
export function neighbour(names: readonly string[], removed: string): string | undefined {
  const index = names.indexOf(removed);
  return names[index + 1] ?? names[index - 1];
}
