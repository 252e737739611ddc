// The public door `heddle/fast-check`: what fast-check can make up for heddle, each of which shrinks, and prints as
// something that can be pasted back.

export { type Schedule, type ScheduleOptions, schedule } from './schedule.ts'
export { type ScheduleConstraints, schedules } from './schedules.ts'
export {
  type FaultConstraints,
  faultPlans,
  policies,
  type WorkloadConstraints,
  workloads,
} from './workloads.ts'
