import { LabIcon } from '@jupyterlab/ui-components';

/** Runs below one another, the newest with its curve. */
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="none" stroke="#616161" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">
    <path d="M3 11c3 0 4-1 5.500-5.500C9.500 2.500 10.500 2.500 11.500 5.500 13 10 14 11 21 11"/>
    <path d="M3 16h18M3 21h12"/>
  </g>
</svg>`;

export const runsIcon = new LabIcon({ name: 'nbreduce:runs', svgstr: SVG });
