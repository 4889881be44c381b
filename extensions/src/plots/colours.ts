/**
 * Figures in JupyterLab's light and dark themes.
 *
 * Figures made by `nbreduce_kernel.plots` carry a tag and colours that are readable on both grounds:
 * they take the theme's. Any other figure was coloured by its author for white paper and keeps it.
 */

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

/**
 * Colour the themed figures of a document in place; leave any other as it is.
 *
 * This is done before the first painting: BokehJS never clears the outermost half pixel.
 */
export function colour(document: unknown, light: boolean): void {
  paint(document, light ? LIGHT : DARK, false);
}

function paint(value: unknown, palette: IPalette, themed: boolean): void {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  const node = value as Record<string, unknown>;
  let inside = themed;
  if (node.type === 'object' && typeof node.name === 'string') {
    const attributes = (node.attributes ?? {}) as Record<string, unknown>;
    const { tags } = attributes;
    inside ||= Array.isArray(tags) && tags.includes(THEMED_TAG);
    if (inside) {
      node.attributes = { ...attributes, ...coloursOf(node.name, palette) };
    }
  }
  for (const child of Object.values(node)) {
    paint(child, palette, inside);
  }
}

function coloursOf(model: string, palette: IPalette): Record<string, string> {
  if (model.endsWith('Axis')) {
    return {
      axis_label_text_color: palette.text,
      major_label_text_color: palette.text,
      axis_line_color: palette.line,
      major_tick_line_color: palette.line,
      minor_tick_line_color: palette.line
    };
  }
  switch (model) {
    case 'Figure':
      return {
        background_fill_color: palette.ground,
        border_fill_color: palette.ground,
        outline_line_color: palette.line
      };
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
      return {};
  }
}
