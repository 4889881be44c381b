/**
 * What an untrusted plot may hold.
 *
 * A Bokeh document can run JavaScript, inject HTML and fetch addresses. A document that somebody
 * else wrote is rendered only if every model and every attribute in it is known to do none of that.
 * The walk visits more than Bokeh's deserializer reads, never less: whatever is not recognised is
 * a reason to block.
 */

import type { TranslationBundle } from '@jupyterlab/translation';

import { ATTRIBUTES, MODELS } from './allowed.ts';

/** Deeper than any figure; Bokeh's deserializer recurses, so depth is also its stack. */
export const MAX_DEPTH = 200;

/** Reasons beyond this many tell a reader nothing new. */
export const MAX_REASONS = 5;

const REPRESENTATIONS: ReadonlySet<string> = new Set([
  'array',
  'bytes',
  'date',
  'expr',
  'field',
  'map',
  'ndarray',
  'number',
  'object',
  'ref',
  'set',
  'slice',
  'typed_array',
  'value'
]);

const DOCUMENT_KEYS: ReadonlySet<string> = new Set(['config', 'roots', 'title', 'version']);

const PROTOTYPE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Bokeh inserts a value with this format into the page as HTML. */
const RAW_FORMAT = /\{\s*safe\s*\}/i;

/** Attributes whose text Bokeh writes as text, or uses as a name: it may be anything. */
const TEXTS: ReadonlySet<string> = new Set(
  (
    'axis_label column_name context data days description factors field fields filename format ' +
    'formatters group hourmin hours items label major_label_overrides microseconds milliseconds ' +
    'minsec minutes months name nanoseconds seconds sort_by tags text title tooltips years'
  ).split(' ')
);

/** A colour is the only function of CSS that a plot needs. */
const COLOUR_FUNCTION = /\b(?:rgb|hsl)a?\([\d\s.,%/+-]*\)/gi;

/** What it takes to leave a value of CSS, or to call a function in one. */
const CSS_SYNTAX = /[;{}()<>\\]/;

type Node = { value: unknown; depth: number };

interface IFindings {
  reasons: Set<string>;
  trans: TranslationBundle;
}

/**
 * Why a Bokeh document (the `doc` of `json_item`) must not be rendered without trust.
 *
 * @returns Sentence parts such as "CustomJS", empty if the document is harmless.
 */
export function reasonsToBlock(document: unknown, trans: TranslationBundle): string[] {
  if (!isObject(document)) {
    return [trans.__('something that is not a Bokeh document')];
  }
  const reasons = new Set<string>();
  const findings = { reasons, trans };
  for (const key of Object.keys(document)) {
    if (!DOCUMENT_KEYS.has(key) && !isEmpty(document[key])) {
      reasons.add(trans.__('document %1', shorten(key)));
    }
  }
  if (!Array.isArray(document.roots)) {
    reasons.add(trans.__('a document without roots'));
  }
  const pending: Node[] = [{ value: document, depth: 0 }];
  while (pending.length > 0 && reasons.size < MAX_REASONS) {
    visit(pending.pop()!, pending, findings);
  }
  return [...reasons];
}

function visit({ value, depth }: Node, pending: Node[], findings: IFindings): void {
  if (value === null || typeof value !== 'object') {
    return;
  }
  if (depth > MAX_DEPTH) {
    const { reasons, trans } = findings;
    reasons.add(trans.__('nesting deeper than %1 levels', MAX_DEPTH));
    return;
  }
  if (!Array.isArray(value)) {
    inspect(value as Record<string, unknown>, findings);
  }
  for (const child of Object.values(value)) {
    pending.push({ value: child, depth: depth + 1 });
  }
}

function inspect(value: Record<string, unknown>, findings: IFindings): void {
  const { reasons, trans } = findings;
  for (const key of Object.keys(value)) {
    if (PROTOTYPE_KEYS.has(key)) {
      reasons.add(trans.__('the key "%1"', key));
    }
  }
  if (typeof value.type !== 'string') {
    return;
  }
  if (!REPRESENTATIONS.has(value.type)) {
    reasons.add(trans.__('a value of type "%1"', shorten(value.type)));
  } else if (value.type === 'object') {
    inspectModel(value.name, value.attributes, findings);
  }
}

function inspectModel(name: unknown, attributes: unknown, { reasons, trans }: IFindings): void {
  if (typeof name !== 'string' || !MODELS.has(name)) {
    reasons.add(typeof name === 'string' ? shorten(name) : trans.__('a model without a name'));
    return;
  }
  if (attributes === undefined || attributes === null) {
    return;
  }
  if (!isObject(attributes) || typeof attributes.type === 'string') {
    reasons.add(trans.__('%1 with attributes in an unknown form', name));
    return;
  }
  for (const [key, value] of Object.entries(attributes)) {
    if (!ATTRIBUTES.has(key)) {
      reasons.add(`${name}.${shorten(key)}`);
    } else if (key === 'tooltips' && !isPlainTooltips(value)) {
      reasons.add(trans.__('%1 with HTML', `${name}.tooltips`));
    } else if (!TEXTS.has(key) && !key.endsWith('hatch_pattern') && !isPlainStyle(value)) {
      reasons.add(trans.__('%1 with CSS', `${name}.${key}`));
    }
  }
}

/** Whether tooltips are rows of label and value, whose text Bokeh escapes. */
function isPlainTooltips(value: unknown): boolean {
  if (value === null) {
    return true;
  }
  return (
    Array.isArray(value) &&
    value.every(
      row =>
        Array.isArray(row) &&
        row.length === 2 &&
        row.every(text => typeof text === 'string' && !RAW_FORMAT.test(text))
    )
  );
}

/**
 * Whether no text of an attribute can do more than style, as Bokeh pastes fonts and sizes into style
 * sheets, which can fetch addresses. Models within the attribute are inspected on their own.
 */
function isPlainStyle(attribute: unknown): boolean {
  const pending: unknown[] = [attribute];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === 'string') {
      if (CSS_SYNTAX.test(value.replace(COLOUR_FUNCTION, ''))) {
        return false;
      }
    } else if (Array.isArray(value)) {
      value.forEach(child => pending.push(child));
    } else if (isObject(value) && value.type !== 'object') {
      for (const [key, child] of Object.entries(value)) {
        if (key !== 'field') {
          pending.push(child);
        }
      }
    }
  }
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
