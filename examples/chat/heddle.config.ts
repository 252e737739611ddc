// Scenarios are in *.sim.ts, and schedules that are kept in replays/. A gate takes half a minute.

import { defineConfig } from 'heddle'

export default defineConfig({ budget: '30s' })
