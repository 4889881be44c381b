import { LabIcon } from '@jupyterlab/ui-components';

/** Two peaks of a measured pattern. */
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="none" stroke="#616161" stroke-width="2" stroke-linejoin="round"
    d="M2 20h3.500L8 12l2.500 8h1.500L15 4l3 16h4"/>
</svg>`;

export const runsIcon = new LabIcon({ name: 'nbreduce:runs', svgstr: SVG });
