/**
 * Figures in JupyterLab's light and dark themes.
 *
 * Figures made by `nbreduce_kernel.plots` carry a tag and colours that are readable on both grounds:
 * they take the theme's. Any other figure was coloured by its author for white paper and keeps it.
 */

import type { IModel } from '@bokeh/bokehjs/build/js/lib/main';

/** The tag that `nbreduce_kernel.plots` gives its figures. */
export const THEMED_TAG = 'nbreduce-themed';

interface IPalette {
  text: string;
  line: string;
  grid: string;
  ground: string;
}

const LIGHT: IPalette = { text: '#212121', line: '#616161', grid: '#e4e4e4', ground: '#ffffff' };
const DARK: IPalette = { text: '#e4e4e4', line: '#9e9e9e', grid: '#3a3a3a', ground: '#111111' };

/** Give a themed figure the colours of the theme; leave any other as it is. */
export function recolour(root: IModel, light: boolean): void {
  const palette = light ? LIGHT : DARK;
  for (const figure of root.references()) {
    if (figure.tags.includes(THEMED_TAG)) {
      for (const model of figure.references()) {
        const values = coloursOf(model.type, palette);
        if (values !== null) {
          model.setv(values);
        }
      }
    }
  }
}

function coloursOf(type: string, palette: IPalette): Record<string, string> | null {
  if (type === 'Figure') {
    return {
      background_fill_color: palette.ground,
      border_fill_color: palette.ground,
      outline_line_color: palette.line
    };
  }
  if (type.endsWith('Axis')) {
    return {
      axis_label_text_color: palette.text,
      major_label_text_color: palette.text,
      axis_line_color: palette.line,
      major_tick_line_color: palette.line,
      minor_tick_line_color: palette.line
    };
  }
  switch (type) {
    case 'Grid':
      return { grid_line_color: palette.grid };
    case 'Title':
      return { text_color: palette.text };
    case 'Legend':
      return {
        label_text_color: palette.text,
        background_fill_color: palette.ground,
        border_line_color: palette.grid
      };
    default:
      return null;
  }
}
