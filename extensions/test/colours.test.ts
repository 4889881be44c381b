import assert from 'node:assert/strict';
import { test } from 'node:test';

import { colour, THEMED_TAG } from '../src/plots/colours.ts';

const document = (tags: string[]): any => ({
  roots: [
    {
      type: 'object',
      name: 'Figure',
      id: 'p0',
      attributes: {
        tags,
        below: [{ type: 'object', name: 'LogAxis', id: 'p1', attributes: { axis_label: 'd' } }],
        title: { type: 'object', name: 'Title', id: 'p2' },
        glyph: { type: 'object', name: 'Line', id: 'p3', attributes: { line_color: '#2f7fd1' } }
      }
    }
  ]
});

test('gives a themed figure the colours of the theme, its curves keep theirs', () => {
  const dark = document([THEMED_TAG]);
  colour(dark, false);
  const { below, title, glyph, background_fill_color } = dark.roots[0].attributes;
  assert.equal(background_fill_color, '#111111');
  assert.equal(below[0].attributes.axis_label_text_color, '#e4e4e4');
  assert.equal(below[0].attributes.axis_label, 'd');
  assert.equal(title.attributes.text_color, '#e4e4e4');
  assert.deepEqual(glyph.attributes, { line_color: '#2f7fd1' });
});

test('leaves other figures alone', () => {
  const other = document(['mine']);
  colour(other, false);
  assert.deepEqual(other, document(['mine']));
});
