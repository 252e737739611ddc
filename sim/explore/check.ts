// Checks a system of actors exhaustively: every schedule, or says what was covered.

import type { Scenario } from '../scenario.ts'
import type { CheckOptions, CheckReport } from './report.ts'

export async function check(_scenario: Scenario, _options: CheckOptions = {}): Promise<CheckReport> {
  throw new Error('under construction')
}
