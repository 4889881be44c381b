import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readControl } from '../src/controls/control.ts';
import { readDeclaration, readProgress } from '../src/outputs/declaration.ts';
import { PlotError, readPlot, versionWarning } from '../src/plots/bundle.ts';
import { isRecord } from '../src/records/record.ts';
import { trans } from './translating.ts';

const item = (value: unknown): unknown => ({ doc_json: JSON.stringify(value), bokeh: '3.9.2', alt: 'A.' });

test('reads a plot', () => {
  const plot = readPlot(item({ root_id: 'p0', doc: { roots: [] } }), trans);
  assert.deepEqual(plot, { item: { root_id: 'p0', doc: { roots: [] } }, version: '3.9.2', alt: 'A.' });
});

const damaged: [string, unknown][] = [
  ['nothing', undefined],
  ['a text', 'plot'],
  ['a list', []],
  ['a document that is no text', { doc_json: {} }],
  ['a document that is cut off', { doc_json: '{"doc": {"ro' }],
  ['a document that is a number', item(1)],
  ['a document without root', item({ doc: {} })],
  ['a document without content', item({ root_id: 'p0' })]
];

for (const [name, value] of damaged) {
  test(`says that ${name} is damaged`, () => assert.throws(() => readPlot(value, trans), PlotError));
}

test('describes a plot that has no description', () => {
  assert.equal(readPlot({ doc_json: '{"root_id": "p0", "doc": {}}' }, trans).alt, 'Interactive plot');
});

test('accepts other patch versions only', () => {
  assert.equal(versionWarning('3.9.0', '3.9.2', trans), null);
  assert.match(versionWarning('3.8.2', '3.9.2', trans)!, /Bokeh 3\.8\.2 .* BokehJS 3\.9\.2/);
  assert.match(versionWarning('', '3.9.2', trans)!, /unknown Bokeh version/);
  assert.match(versionWarning('x', 'x', trans)!, /Bokeh x/);
});

test('knows the record of a reduction from a template', () => {
  assert.equal(isRecord({ title: 'I(d)', runs: {} }), false);
  assert.equal(isRecord({ run: { number: 1 } }), true);
  assert.equal(isRecord(undefined), false);
  assert.equal(isRecord(null), false);
});

test('reads controls, outputs and progress, damaged ones too', () => {
  assert.deepEqual(readControl({ model_id: 'a', note: 'n' }, trans), { modelId: 'a', note: 'n' });
  assert.equal(readControl(7, trans).modelId, null);
  assert.deepEqual(readDeclaration({ path: 'a.nxs', kind: 'keep', title: null }, trans), {
    path: 'a.nxs',
    fate: 'kept',
    title: ''
  });
  assert.equal(readDeclaration({ kind: 'constructor' }, trans).fate, 'output');
  assert.deepEqual(readProgress({ fraction: 7, message: 'x' }), { fraction: 1, message: 'x' });
  assert.equal(readProgress({ fraction: 'x' }).fraction, 0);
});
