import { connection } from './api/index.ts';
import { authoring } from './authoring/index.ts';
import { compare } from './compare/index.ts';
import { controls } from './controls/index.ts';
import { kernel } from './kernel/index.ts';
import { outputs } from './outputs/index.ts';
import { panel } from './panel/index.ts';
import { plots } from './plots/index.ts';
import { provenance } from './provenance/index.ts';
import { records } from './records/index.ts';
import { rerun } from './rerun/index.ts';
import { watch } from './watch/index.ts';

export default [
  authoring,
  compare,
  connection,
  controls,
  kernel,
  outputs,
  panel,
  plots,
  provenance,
  records,
  rerun,
  watch
];
