// Scenarios are in *.sim.ts, and schedules that are kept in replays/. A gate takes ten seconds.

import { defineConfig } from 'heddle'

export default defineConfig({ budget: '10s' })
