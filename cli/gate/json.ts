// A gate as JSON, for a program: everything that the other reporters say, without timelines.

import { VERSION } from '../../sim/index.ts'
import { exitCodeOf, type GateResult } from './result.ts'

export function gateJson(result: GateResult): string {
  const scenarios = result.scenarios.map(({ properties, ...scenario }) => ({
    ...scenario,
    properties: properties.map(({ failure, ...property }) => ({
      ...property,
      replay:
        failure === undefined
          ? null
          : { file: failure.file, command: failure.command, token: failure.token ?? null },
    })),
  }))
  return JSON.stringify({ heddle: VERSION, exitCode: exitCodeOf(result), ...result, scenarios }, null, 2)
}
