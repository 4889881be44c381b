import { connection } from './api/index.ts';
import { controls } from './controls/index.ts';
import { outputs } from './outputs/index.ts';
import { panel } from './panel/index.ts';
import { plots } from './plots/index.ts';
import { provenance } from './provenance/index.ts';
import { records } from './records/index.ts';

export default [connection, controls, outputs, panel, plots, provenance, records];
