import { join } from 'node:path';

/** The program under test. Cargo puts it where CARGO_TARGET_DIR says; MINGJING_BIN names any other. */
export const program =
  process.env.MINGJING_BIN ??
  join(process.env.CARGO_TARGET_DIR ?? join(import.meta.dirname, '../../target'), 'debug/mingjing');
