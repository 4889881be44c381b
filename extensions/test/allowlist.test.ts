import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { ATTRIBUTES, MODELS } from '../src/plots/allowed.ts';
import { MAX_DEPTH, MAX_REASONS, reasonsToBlock } from '../src/plots/allowlist.ts';
import { trans } from './translating.ts';

type Json = Record<string, unknown>;

const model = (name: unknown, attributes?: unknown, id = 'p1'): Json =>
  attributes === undefined ? { type: 'object', name, id } : { type: 'object', name, id, attributes };

const figure = (attributes: Json = {}): Json => ({
  version: '3.9.2',
  title: '',
  roots: [model('Figure', attributes, 'p0')]
});

const code = model('CustomJS', { code: 'alert(1)' }, 'p9');

const harmless: [string, unknown][] = [
  ['an empty figure', figure()],
  ['an empty list of definitions', { ...figure(), defs: [], callbacks: {} }],
  ['a reference', figure({ x_range: { id: 'p0' } })],
  ['a line', figure({ renderers: [model('GlyphRenderer', { glyph: model('Line', { line_color: 'red' }) })] })],
  ['rows as tooltips', figure({ tools: [model('HoverTool', { tooltips: [['d', '@x{0.00}'], ['', '$name']] })] })],
  ['no tooltips', figure({ tools: [model('HoverTool', { tooltips: null })] })],
  ['colours', figure({ line_color: 'rgba(10, 20%, 30, 0.5)', fill_color: '#aabbcc', text_font: 'Fira Sans' })],
  ['a column with its unit', figure({ x: { type: 'field', field: 'd-spacing (Å)' } })],
  ['a pattern', figure({ hatch_pattern: '\\' })],
  ['formulas and formats', figure({ axis_label: '$$\\alpha_{1}$$', format: '0.0 (a)', tags: ['a;b{}'] })],
  [
    'a column that is called like an attribute',
    figure({ data_source: model('ColumnDataSource', { data: { type: 'map', entries: [['code', [1, 2]]] } }) })
  ],
  [
    'binary data',
    figure({
      data: {
        type: 'ndarray',
        array: { type: 'bytes', data: 'AAAA' },
        shape: [3],
        dtype: 'uint8',
        order: 'little'
      }
    })
  ]
];

for (const [name, document] of harmless) {
  test(`allows ${name}`, () => assert.deepEqual(reasonsToBlock(document, trans), []));
}

const hostile: [string, unknown, RegExp][] = [
  ['no document', null, /not a Bokeh document/],
  ['a list as document', [], /not a Bokeh document/],
  ['a document without roots', { version: '3.9.2' }, /without roots/],
  ['roots that are not a list', { roots: { type: 'map', entries: [] } }, /without roots/],
  ['code as root', { roots: [code] }, /CustomJS/],
  ['code in an attribute', figure({ x_range: code }), /CustomJS/],
  ['code in a list', figure({ renderers: [[[code]]] }), /CustomJS/],
  ['code in a plain object', figure({ x_scale: { deep: { deeper: code } } }), /CustomJS/],
  ['code as value of a map', figure({ x_range: { type: 'map', entries: [['a', code]] } }), /CustomJS/],
  ['code as key of a map', figure({ x_range: { type: 'map', entries: [[code, 'a']] } }), /CustomJS/],
  ['code in a set', figure({ tags: { type: 'set', entries: [code] } }), /CustomJS/],
  ['code as a transform', figure({ x: { type: 'value', value: 1, transform: code } }), /CustomJS/],
  ['code as an expression', figure({ x: { type: 'expr', expr: model('CustomJSExpr') } }), /CustomJSExpr/],
  ['code in a member that Bokeh ignores', figure({ x_range: { id: 'p0', extra: code } }), /CustomJS/],
  ['code beside the roots', { ...figure(), config: code }, /CustomJS/],
  ['code in the second object of one id', figure({ x_range: model('Figure', { tools: [code] }, 'p0') }), /CustomJS/],
  ['an unnamed model', figure({ x_range: model(undefined) }), /without a name/],
  ['a name that is no text', figure({ x_range: model(['CustomJS']) }), /without a name/],
  ['a model by value, without id', figure({ x_range: { type: 'object', name: 'CustomJS' } }), /CustomJS/],
  ['an unknown model', figure({ x_range: model('panel.models.Html') }), /panel\.models\.Html/],
  ['a name of every object', figure({ x_range: model('constructor') }), /constructor/],
  ['raw HTML', { roots: [model('Div', { text: '<img onerror=alert(1)>' })] }, /Div/],
  ['preformatted text', { roots: [model('PreText')] }, /PreText/],
  ['an address to open', figure({ tools: [model('TapTool', { callback: model('OpenURL') })] }), /OpenURL|TapTool/],
  ['an image from an address', figure({ glyph: model('ImageURL') }), /ImageURL/],
  ['map tiles', figure({ renderers: [model('TileRenderer')] }), /TileRenderer/],
  ['data from an address', figure({ data_source: model('AjaxDataSource') }), /AjaxDataSource/],
  ['callbacks of an event', figure({ js_event_callbacks: { tap: [] } }), /Figure\.js_event_callbacks/],
  ['callbacks of a property', figure({ js_property_callbacks: {} }), /Figure\.js_property_callbacks/],
  ['style sheets', figure({ stylesheets: ['@import "http://127.0.0.1/x"'] }), /Figure\.stylesheets/],
  ['styles', figure({ styles: { background: 'url(x)' } }), /Figure\.styles/],
  ['HTML attributes', figure({ html_attributes: { onclick: 'alert(1)' } }), /html_attributes/],
  ['an attribute nobody knows', figure({ surprise: 1 }), /Figure\.surprise/],
  ['a template as tooltip', figure({ tools: [model('HoverTool', { tooltips: '<b>@x</b>' })] }), /tooltips with HTML/],
  [
    'raw values in a tooltip',
    figure({ tools: [model('HoverTool', { tooltips: [['x', '@x{safe}']] })] }),
    /tooltips with HTML/
  ],
  [
    'tooltips in another form',
    figure({ tools: [model('HoverTool', { tooltips: { type: 'array', entries: [] } })] }),
    /tooltips with HTML/
  ],
  ['a font that is CSS', figure({ legend: model('Legend', { label_text_font: 'x; } :host { background: url(//x)' }) }), /label_text_font with CSS/],
  ['a size that is CSS', figure({ text_font_size: { type: 'value', value: '1px; }' } }), /text_font_size with CSS/],
  ['a function of CSS', figure({ children: model('GridBox', { rows: ['image-set("x")'] }) }), /GridBox\.rows with CSS/],
  ['an escape of CSS', figure({ text_font: 'u\\72l' }), /text_font with CSS/],
  ['CSS beside a colour', figure({ text_color: 'rgb(1, 2, 3); x: url(y)' }), /text_color with CSS/],
  ['attributes as a map', figure({ x_range: model('Range1d', { type: 'map', entries: [] }) }), /unknown form/],
  ['attributes as a list', figure({ x_range: model('Range1d', ['code']) }), /unknown form/],
  ['definitions of models', { ...figure(), defs: [{ type: 'model', name: 'X' }] }, /document defs/],
  ['callbacks of the document', { ...figure(), callbacks: { ready: [code] } }, /document callbacks/],
  ['a definition in an attribute', figure({ x_range: { type: 'model', name: 'X' } }), /type "model"/],
  ['an event', figure({ x_range: { type: 'event', name: 'tap' } }), /type "event"/],
  ['a symbol', figure({ x_range: { type: 'symbol', name: 'x' } }), /type "symbol"/],
  ['a changed prototype', JSON.parse('{"roots": [], "title": {"__proto__": {"x": 1}}}'), /__proto__/]
];

for (const [name, document, reason] of hostile) {
  test(`blocks ${name}`, () => {
    const reasons = reasonsToBlock(document, trans);
    assert.match(reasons.join('; '), reason);
  });
}

test('blocks what is nested too deep, without running out of stack', () => {
  const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`);
  assert.match(reasonsToBlock(figure({ tags: deep }), trans).join(), new RegExp(`${MAX_DEPTH} levels`));
});

test('gives few and short reasons', () => {
  const many = Array.from({ length: 50 }, (_, index) => model(`${'X'.repeat(500)}${index}`));
  const reasons = reasonsToBlock(figure({ renderers: many }), trans);
  assert.ok(reasons.length <= MAX_REASONS);
  assert.ok(reasons.every(reason => reason.length <= 60));
});

test('reads a large document quickly', () => {
  const rows = Array.from({ length: 300_000 }, (_, index) => index);
  const start = performance.now();
  assert.deepEqual(reasonsToBlock(figure({ tags: rows }), trans), []);
  assert.ok(performance.now() - start < 2000);
});

test('allows no model that runs code, and no attribute that carries it', () => {
  for (const name of MODELS) {
    assert.doesNotMatch(name, /Custom|Callback|HTML|URL|Tile|Div|PreText|Markdown|Template/);
  }
  for (const name of ['code', 'args', 'callback', 'url', 'html', 'stylesheets', 'styles']) {
    assert.ok(!ATTRIBUTES.has(name), name);
  }
});

test('was written for the BokehJS that is bundled', () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf-8');
  const pinned = JSON.parse(read('../package.json')).dependencies['@bokeh/bokehjs'];
  assert.match(read('../src/plots/allowed.ts'), new RegExp(`Bokeh ${pinned.replaceAll('.', '\\.')};`));
});
