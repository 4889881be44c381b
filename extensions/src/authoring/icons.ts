import { LabIcon } from '@jupyterlab/ui-components';

const frame = (inside: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><g class="jp-icon3" fill="#616161">${inside}</g></svg>`;

/** A page with a curve and a plus. */
export const newTemplateIcon = new LabIcon({
  name: 'nbreduce:new-template',
  svgstr: frame(
    '<path d="M4 3h11l5 5v6h-2V9h-4V5H6v14h7v2H4z"/><path d="M7 16c2 0 2-6 4-6s1 4 4 4v1.6c-4 0-3-4-4-4s-1.600 6-4 6z"/><path d="M17 16h2v2.500h2.500v2H19V23h-2v-2.500h-2.500v-2H17z"/>'
  )
});

/** A beam on a sample, and a plus. */
export const newInstrumentIcon = new LabIcon({
  name: 'nbreduce:new-instrument',
  svgstr: frame(
    '<path d="M2 11h7v2H2z"/><path d="M12 8.500a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7z"/><path d="M14 8l5-5 1.400 1.400-5 5z"/><path d="M17 15h2v2.500h2.500v2H19V22h-2v-2.500h-2.500v-2H17z"/>'
  )
});

/** A page with a curve, and a mark. */
export const trialIcon = new LabIcon({
  name: 'nbreduce:trial',
  svgstr: frame(
    '<path d="M4 3h11l5 5v5h-2V9h-4V5H6v14h5v2H4z"/><path d="M7 16c2 0 2-6 4-6s1 4 4 4v1.600c-4 0-3-4-4-4s-1.600 6-4 6z"/><path d="M13.500 18.500l1.300-1.300 1.900 1.900 4-4 1.300 1.300-5.300 5.300z"/>'
  )
});
