import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { TranslationBundle } from '@jupyterlab/translation';

import type { BulkLine, BulkPlan, BulkState, PlannedParameter, RerunPlan } from '../src/api/types.ts';
import { type ITaggedCell, readCells } from '../src/rerun/cells.ts';
import { changeWords, isDone, planWords, stateWords } from '../src/rerun/manyWords.ts';
import { describe, formSchema, isNullable, kindOf, type Schema, uiSchema, unitSign } from '../src/rerun/schema.ts';
import { advanced, changesOf, readLiteral, resetValue, summary, valuesOf, writeLiteral } from '../src/rerun/values.ts';

const format = (text: string, args: unknown[]): string =>
  text.replace(/%(\d)/g, (_, number) => String(args[Number(number) - 1]));
const trans = {
  __: (text: string, ...args: unknown[]) => format(text, args),
  _n: (one: string, many: string, count: number) => format(count === 1 ? one : many, [count])
} as unknown as TranslationBundle;

function parameter(name: string, schema: Schema, changes: Partial<PlannedParameter> = {}): PlannedParameter {
  const value = changes.value ?? 1;
  const told = { default: value, help: '', unit: '', supplied: false, source: 'template', problem: null };
  const values = { value, otherwise: value, before: value, before_source: 'template' };
  return { name, schema, ...told, ...values, ...changes } as PlannedParameter;
}

function plan(parameters: PlannedParameter[], changes: Partial<RerunPlan> = {}): RerunPlan {
  const told = { environment: 'default', environment_state: 'same', template_changed: false };
  return { reduction: 'X1-work-v2', parameters, ...told, ...changes } as RerunPlan;
}

const NUMBER = { type: 'number', exclusiveMinimum: 0, maximum: 10 };

test('each kind of value has its way to be entered', () => {
  const kinds: [Schema, string][] = [
    [NUMBER, 'number'],
    [{ type: 'integer' }, 'number'],
    [{ type: 'string', format: 'path' }, 'text'],
    [{ type: 'boolean' }, 'check'],
    [{ enum: ['a', 'b'] }, 'choice'],
    [{ enum: [1, 2, 3, 4, 5] }, 'list'],
    [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 'number'],
    [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, 'literal'],
    [{ type: 'array', items: { type: 'number' } }, 'literal'],
    [{ description: 'anything', unit: 'm' }, 'literal']
  ];
  for (const [schema, kind] of kinds) {
    assert.equal(kindOf(schema), kind, JSON.stringify(schema));
  }
  assert.ok(isNullable({ anyOf: [{ type: 'integer' }, { type: 'null' }] }));
  assert.ok(!isNullable(NUMBER));
});

test('the form has what can be set, in the older draft of JSON Schema, without defaults', () => {
  const pair = { type: 'array', prefixItems: [{ type: 'integer' }, NUMBER], items: false, minItems: 2, maxItems: 2 };
  const fields = [
    parameter('run_file', { type: 'string' }, { supplied: true }),
    parameter('scale', { ...NUMBER, default: 3 }),
    parameter('pair', pair),
    parameter('maybe', { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }] }),
    parameter('any', {})
  ];
  assert.deepEqual(formSchema(fields), {
    type: 'object',
    properties: {
      scale: { ...NUMBER, title: 'scale' },
      pair: { type: 'array', items: [{ type: 'integer' }, NUMBER], additionalItems: false, minItems: 2, maxItems: 2, title: 'pair' },
      maybe: { type: ['integer', 'null'], minimum: 1, title: 'maybe' },
      any: { title: 'any' }
    },
    required: ['scale', 'pair', 'maybe']
  });
  assert.deepEqual(formSchema(fields, true).required, []);
  assert.deepEqual(uiSchema(fields).pair, { 'ui:field': 'literal' });
  assert.deepEqual(uiSchema(fields, true, 'as it was').pair, { 'ui:field': 'literal', 'ui:placeholder': 'as it was' });
});

test('what a schema takes is said in words', () => {
  assert.equal(describe(NUMBER, trans), 'a number > 0 and ≤ 10');
  assert.equal(describe({ enum: ['a', 2] }, trans), 'one of a, 2');
  assert.equal(describe({ anyOf: [{ type: 'integer' }, { type: 'null' }] }, trans), 'a whole number or nothing (null)');
  assert.equal(unitSign('1/angstrom'), '1/Å');
  assert.equal(unitSign('counts'), 'counts');
});

test('only what is not as it would be anyway is a change', () => {
  const scale = parameter('scale', NUMBER, { value: 0.7, otherwise: 0.7, before: 0.5 });
  const mode = parameter('mode', { type: 'string' }, { value: 'a' });
  const maybe = parameter('maybe', { anyOf: [NUMBER, { type: 'null' }] }, { value: 3 });
  const made = plan([scale, mode, maybe]);
  assert.deepEqual(changesOf(made, valuesOf(made)), {});
  assert.deepEqual(changesOf(made, { scale: 0.9, mode: 'a', maybe: 3 }), { scale: 0.9 });
  assert.deepEqual(changesOf(made, { scale: 0.7 }), { mode: '', maybe: null });
  assert.equal(resetValue(scale), 0.5);
  assert.equal(resetValue({ ...scale, before: null, before_source: null }), 0.7);
});

test('one line says what a rerun changes', () => {
  const made = plan([parameter('scale', NUMBER), parameter('other', NUMBER)]);
  assert.equal(
    summary(made, { scale: 1, other: 1 }, trans),
    'changes no value · environment default (same) · template is the same'
  );
  const other = { ...made, template_changed: true, environment_state: 'changed' } as RerunPlan;
  assert.equal(
    summary(other, { scale: 2, other: 1 }, trans),
    'changes 1 value · environment default (changed since) · template changed since v2'
  );
});

test('of many fields the later ones at their defaults are folded away', () => {
  const few = Array.from({ length: 8 }, (_, number) => parameter(`p${number}`, NUMBER));
  assert.deepEqual([...advanced(plan(few))], []);
  const many = [...few, parameter('changed', NUMBER, { value: 2, default: 1 }), parameter('last', NUMBER)];
  assert.deepEqual([...advanced(plan(many))], ['p6', 'p7', 'last']);
});

test('lists are read as they are typed, and what is none is left to the schema', () => {
  for (const [text, value] of [
    ['[1, 2]', [1, 2]],
    ['(1, 2,)', [1, 2]],
    ['None', null],
    [' ', null],
    ['True', true],
    ['[1, x', '[1, x'],
    ['"a"', 'a']
  ] as const) {
    assert.deepEqual(readLiteral(text), value);
  }
  assert.equal(writeLiteral([1, [2]]), '[1,[2]]');
  assert.equal(writeLiteral(null), '');
});

test('the cells that hold values are found by their tags', () => {
  const cell = (source: string, tags: unknown): ITaggedCell => ({
    sharedModel: { getSource: () => source },
    getMetadata: () => tags
  });
  assert.deepEqual(readCells([cell('a', undefined), cell('b', 'parameters'), cell('c', ['x', 'parameters'])]), {
    parameters: 'c',
    injected: null
  });
});

test('many reruns are counted in words', () => {
  const planned = { reruns: 2, left_out: 3, reasons: { 'there is no such run': 3 } } as unknown as BulkPlan;
  assert.deepEqual(planWords(planned, trans), [
    '2 reductions would be made.',
    '3 left out: 3 × there is no such run'
  ]);
  const line = { changes: { scale: { before: 1, after: 2 } } } as unknown as BulkLine;
  assert.equal(changeWords(line), 'scale 1 → 2');
  const state = { total: 92, waiting: 50, refused: { gone: 1 }, states: { succeeded: 32, failed: 1, running: 8 } };
  assert.equal(stateWords(state as unknown as BulkState, trans), '34 of 92 done, 1 failed, 1 refused');
  assert.ok(!isDone(state as unknown as BulkState));
  assert.ok(isDone({ ...state, total: 2, waiting: 0, states: { succeeded: 1 } } as unknown as BulkState));
});
